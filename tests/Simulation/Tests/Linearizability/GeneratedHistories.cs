using CsCheck;

namespace Orleans.Doozer.Linearizability;

/// <summary>Histories of a real register: its operations happen one after the other, and each client's interval lies somewhere around the
/// moment at which its operation happened.</summary>
internal static class GeneratedHistories
{
    public const string Key = "/k";
    private const long Step = 10;

    /// <summary>What one operation is to be: its kind, how long before and after its moment the client waited, and whether the answer
    /// reached it.</summary>
    public static readonly Gen<(int Kind, int Before, int After, int Answer)> Plan =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 45], Gen.Int[0, 45], Gen.Int[0, 9]);

    public static readonly Gen<List<Operation>> Linearizable = Plan.List[1, 60].Select(Run);

    /// <summary>Small, and as likely wrong as right: values, outcomes and intervals are drawn without a register.</summary>
    public static readonly Gen<List<Operation>> Arbitrary = Gen.Select(
        Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 8], Gen.Int[0, 5], Gen.Int[0, 5]).List[1, 6].Select(
            drawn => drawn.ConvertAll(one => Arbitrarily(one.Item1, Text(one.Item2), Text(one.Item3), one.Item4, one.Item5, one.Item6)));

    private static string? Text(int value) => value == 0 ? null : $"{(char)('a' + value)}";

    private static Operation Arbitrarily(int kind, string? value, string? expected, long called, long length, int outcome)
    {
        var end = outcome switch { 0 or 1 => Outcome.Unknown, 2 => Outcome.Failed, _ => Outcome.Ok };
        return kind switch
        {
            0 or 1 => Operation.Read(Key, value, called, called + length),
            2 or 3 => Operation.Write(Key, value, end, called, called + length),
            4 => Operation.CompareAndSet(Key, expected, value, end, called, called + length),
            _ => new(Key, false, value, Demand.Unnamed, null, end, called, called + length),
        };
    }

    private static List<Operation> Run(List<(int Kind, int Before, int After, int Answer)> plans)
    {
        var history = new List<Operation>();
        var late = new List<(long Moment, Operation Write)>();
        string? value = null;
        var seen = new List<string?> { null };
        for (var i = 0; i < plans.Count; i++)
        {
            var (kind, before, after, answer) = plans[i];
            var moment = (i + 1) * Step;
            foreach (var (_, write) in late.FindAll(one => one.Moment <= moment))
            {
                value = Took(write, value);
                seen.Add(value);
            }

            late.RemoveAll(one => one.Moment <= moment);
            var operation = Plan1(kind, $"v{i}", seen[(after * 7) % seen.Count], moment - before, moment + after);
            if (operation.IsRead)
            {
                history.Add(operation with { Value = value });
                continue;
            }

            if (answer < 3)
            {
                // 0: never; 1: at its moment; 2: long after its client gave up.
                history.Add(operation with { Outcome = Outcome.Unknown });
                if (answer > 0)
                {
                    late.Add((moment + (answer == 2 ? 20 * Step : 0), operation));
                }

                continue;
            }

            var holds = operation.Demand != Demand.Value || value is null || value == operation.Expected;
            history.Add(operation with { Outcome = holds ? Outcome.Ok : Outcome.Failed });
            value = holds ? operation.Value : value;
            seen.Add(value);
        }

        return history;
    }

    private static Operation Plan1(int kind, string written, string? expected, long called, long returned) => kind switch
    {
        < 5 => Operation.Read(Key, null, called, returned),
        < 7 => Operation.Write(Key, written, Outcome.Ok, called, returned),
        7 => Operation.Write(Key, null, Outcome.Ok, called, returned),
        _ => Operation.CompareAndSet(Key, expected, written, Outcome.Ok, called, returned),
    };

    private static string? Took(Operation write, string? value) =>
        write.Demand != Demand.Value || value is null || value == write.Expected ? write.Value : value;
}
