namespace Orleans.Doozer.Linearizability;

/// <summary>What a check came to.</summary>
internal enum Verdict
{
    /// <summary>There is an order that explains all answers.</summary>
    Linearizable,

    /// <summary>There is none.</summary>
    Violated,

    /// <summary>The limit was reached before an order was found or excluded.</summary>
    Undecided,
}

/// <summary>The verdict on a history, and what there is to say about it.</summary>
/// <param name="Verdict">The worst of all files.</param>
/// <param name="Explanation">Which file, and where no order leads on; empty when all is well.</param>
/// <param name="Work">How many candidates were looked at.</param>
internal sealed record LinearizabilityResult(Verdict Verdict, string Explanation, long Work);

/// <summary>
/// Says whether what clients saw could have been seen of one register per file, each call at one moment between its call and its return
/// (Wing and Gong 1993, with the memo of Lowe 2017). It knows nothing of revisions, slots or nodes. Linearizability is local: each file is
/// checked alone.
/// </summary>
internal static class LinearizabilityChecker
{
    /// <summary>About a second of work and 200 MB at the very most.</summary>
    public const long DefaultLimit = 5_000_000;

    /// <summary>Checks a history.</summary>
    /// <param name="history">All operations, in any order. At first there is no file.</param>
    /// <param name="limit">How many candidates may be looked at for each file.</param>
    public static LinearizabilityResult Check(IEnumerable<Operation> history, long limit = DefaultLimit)
    {
        var result = new LinearizabilityResult(Verdict.Linearizable, "", 0);
        foreach (var file in history.GroupBy(operation => operation.Key))
        {
            var search = new LinearizationSearch([.. file], limit);
            var verdict = search.Run();
            result = result with { Work = result.Work + search.Work };
            if (verdict == Verdict.Undecided && result.Verdict == Verdict.Linearizable)
            {
                result = result with { Verdict = verdict, Explanation = $"{file.Key}: undecided after {limit} candidates" };
            }

            if (verdict == Verdict.Violated)
            {
                return result with { Verdict = verdict, Explanation = $"{file.Key}: {search.Explain()}" };
            }
        }

        return result;
    }
}
