namespace Orleans.Doozer.Linearizability;

/// <summary>How an operation ended, as its client knows it.</summary>
internal enum Outcome
{
    /// <summary>It was answered: it took effect at some moment between its call and its return.</summary>
    Ok,

    /// <summary>It was refused and never takes effect. With a named expectation: because that did not hold at some moment between.</summary>
    Failed,

    /// <summary>No answer. It may take effect at any moment after its call, also long after its client gave up, or never.</summary>
    Unknown,
}

/// <summary>What a write demands of the file before it.</summary>
internal enum Demand
{
    /// <summary>Nothing: a set or delete that clobbers.</summary>
    Nothing,

    /// <summary>Doozer's compare-and-set: the file has <see cref="Operation.Expected"/>, or there is none.</summary>
    Value,

    /// <summary>A revision whose value its client never saw: nothing can be concluded from how it ended.</summary>
    Unnamed,
}

/// <summary>One call of a client on one file. There are no revisions in it: values must say everything, so each write should write a
/// value of its own.</summary>
/// <param name="Key">The file.</param>
/// <param name="IsRead">A read; otherwise a write, and a delete is a write of null.</param>
/// <param name="Value">What was written, or what was read; null for no file.</param>
/// <param name="Demand">What a write demands.</param>
/// <param name="Expected">With <see cref="Demand.Value"/>: the value that its client had seen; null for no file.</param>
/// <param name="Outcome">How it ended. An unanswered read tells nothing and is ignored.</param>
/// <param name="Called">When it began, on a clock that all clients share.</param>
/// <param name="Returned">When it was answered; of no meaning when the outcome is unknown.</param>
/// <param name="Client">Who made it, for messages.</param>
internal sealed record Operation(
    string Key, bool IsRead, string? Value, Demand Demand, string? Expected, Outcome Outcome, long Called, long Returned, string Client = "")
{
    public static Operation Read(string key, string? value, long called, long returned, string client = "") =>
        new(key, true, value, Demand.Nothing, null, Outcome.Ok, called, returned, client);

    public static Operation Write(string key, string? value, Outcome outcome, long called, long returned, string client = "") =>
        new(key, false, value, Demand.Nothing, null, outcome, called, returned, client);

    public static Operation CompareAndSet(
        string key, string? expected, string? value, Outcome outcome, long called, long returned, string client = "") =>
        new(key, false, value, Demand.Value, expected, outcome, called, returned, client);

    public override string ToString()
    {
        var what = IsRead ? $"read {Show(Value)}" : Value is null ? "delete" : $"write {Show(Value)}";
        var demand = Demand switch { Demand.Value => $" if {Show(Expected)}", Demand.Unnamed => " if unchanged", _ => "" };
        var end = Outcome == Outcome.Unknown ? "..." : FormattableString.Invariant($"{Returned}");
        return FormattableString.Invariant($"[{Called}, {end}] {Client} {what}{demand}: {Outcome}");
    }

    internal static string Show(string? value) => value is null ? "no file" : $"'{value}'";
}
