using CsCheck;

namespace Orleans.Doozer.Linearizability;

public class LinearizabilityPropertyTests
{
    [Fact]
    public void HistoryOfARegister_Always_IsLinearizable() => GeneratedHistories.Linearizable.Sample(
        history => LinearizabilityChecker.Check(history).Verdict == Verdict.Linearizable, iter: 5_000);

    [Fact]
    public void ReadOfAValueOverwrittenBeforeItBegan_Always_IsViolated()
    {
        var mutated = 0L;
        GeneratedHistories.Linearizable.Sample(
            history =>
            {
                foreach (var (at, stale) in StaleReads(history))
                {
                    Interlocked.Increment(ref mutated);
                    var wrong = new List<Operation>(history) { [at] = history[at] with { Value = stale } };
                    if (LinearizabilityChecker.Check(wrong).Verdict != Verdict.Violated)
                    {
                        return false;
                    }
                }

                return true;
            },
            iter: 1_000);
        Assert.True(mutated > 2_000, $"only {mutated} reads were made stale");
    }

    [Fact]
    public void AnyHistory_SameVerdictAsTryingEveryOrder()
    {
        var (good, bad) = (0L, 0L);
        GeneratedHistories.Arbitrary.Sample(
            history =>
            {
                var expected = EveryOrder(history, 0, null);
                Interlocked.Increment(ref expected ? ref good : ref bad);
                return LinearizabilityChecker.Check(history).Verdict == (expected ? Verdict.Linearizable : Verdict.Violated);
            },
            iter: 30_000);
        Assert.True(good > 3_000 && bad > 3_000, $"{good} good and {bad} bad histories");
    }

    /// <summary>Reads with a value that is certainly gone: written and overwritten, both acknowledged, one after the other, before the
    /// read began. Each write writes a value of its own, so nothing can bring it back.</summary>
    private static IEnumerable<(int At, string Stale)> StaleReads(List<Operation> history)
    {
        for (var at = 0; at < history.Count; at++)
        {
            var read = history[at];
            var stale = history.Find(write => read.IsRead && IsChange(write) && write.Value is not null
                && history.Exists(next => IsChange(next) && write.Returned < next.Called && next.Returned < read.Called));
            if (stale is not null)
            {
                yield return (at, stale.Value!);
            }
        }
    }

    private static bool IsChange(Operation operation) => operation is { IsRead: false, Outcome: Outcome.Ok };

    /// <summary>The definition, spelt out: some order of the operations that took effect respects real time and explains each answer.</summary>
    private static bool EveryOrder(List<Operation> history, int placed, string? value)
    {
        var open = Enumerable.Range(0, history.Count).Where(i => (placed & (1 << i)) == 0).ToList();
        if (open.TrueForAll(i => history[i].Outcome == Outcome.Unknown))
        {
            return true;
        }

        foreach (var i in open)
        {
            var operation = history[i];
            var blocked = open.Exists(other => history[other].Outcome != Outcome.Unknown && history[other].Returned < operation.Called);
            var holds = operation.Demand != Demand.Value || value is null || value == operation.Expected;
            var fits = operation.IsRead ? operation.Value == value
                : operation.Outcome == Outcome.Failed ? operation.Demand != Demand.Value || !holds
                : holds;
            var next = operation.IsRead || operation.Outcome == Outcome.Failed ? value : operation.Value;
            if (!blocked && fits && EveryOrder(history, placed | (1 << i), next))
            {
                return true;
            }
        }

        return false;
    }
}
