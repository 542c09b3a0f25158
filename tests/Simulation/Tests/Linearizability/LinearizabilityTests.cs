namespace Orleans.Doozer.Linearizability;

/// <summary>Histories whose verdict is known, small enough to follow by hand. A number is a moment; nothing else is real.</summary>
public class LinearizabilityTests
{
    [Fact]
    public void Empty_IsLinearizable() => Good();

    [Fact]
    public void Read_OfNoFileAtFirst_IsGood() => Good(Read(null, 1, 2), Ok("a", 3, 4), Read("a", 5, 6));

    [Fact]
    public void Read_WhileAWriteIsUnderWay_MaySeeEither()
    {
        Good(Ok("a", 1, 2), Ok("b", 3, 10), Read("a", 4, 5), Read("b", 6, 7));
        Good(Ok("a", 1, 2), Ok("b", 3, 10), Read("b", 4, 5), Read("b", 6, 7));
    }

    [Fact]
    public void Reads_WhileAWriteIsUnderWay_NeverGoBack() =>
        Bad(Ok("a", 1, 2), Ok("b", 3, 10), Read("b", 4, 5), Read("a", 6, 7));

    [Fact]
    public void Read_Stale_IsBad() => Bad(Ok("a", 1, 2), Ok("b", 3, 4), Read("a", 5, 6));

    [Fact]
    public void Read_OfNothingAfterAWrite_IsBad() => Bad(Ok("a", 1, 2), Read(null, 3, 4));

    [Fact]
    public void Read_ReturningWhenTheWriteBegins_Overlaps() => Good(Ok("a", 1, 2), Ok("b", 3, 4), Read("a", 2, 3), Read("a", 3, 5));

    [Fact]
    public void Read_OfWhatNobodyWrote_IsBad() => Bad(Ok("a", 1, 2), Read("x", 3, 4));

    [Fact]
    public void Read_BeforeItsWriteBegan_IsBad() => Bad(Read("a", 1, 2), Ok("a", 3, 4));

    [Fact]
    public void Write_Lost_IsBad() => Bad(Ok("a", 1, 2), Ok("b", 3, 4), Read("b", 5, 6), Ok("c", 7, 8), Read("b", 9, 10));

    [Fact]
    public void Writes_Overlapping_MayBeSeenInOneOrderOnly()
    {
        Good(Ok("a", 1, 9), Ok("b", 1, 9), Read("a", 10, 11), Read("a", 12, 13));
        Bad(Ok("a", 1, 9), Ok("b", 1, 9), Read("a", 10, 11), Read("b", 12, 13));
        Bad(Ok("a", 1, 9), Ok("b", 1, 9), Read("a", 3, 4), Read("b", 5, 6), Read("a", 7, 8));
    }

    [Fact]
    public void Write_FailedYetVisible_IsBad()
    {
        Good(Ok("a", 1, 2), Operation.Write("/k", "b", Outcome.Failed, 3, 4), Read("a", 5, 6));
        Bad(Ok("a", 1, 2), Operation.Write("/k", "b", Outcome.Failed, 3, 4), Read("b", 5, 6));
    }

    [Fact]
    public void Unknown_MayTakeEffectLateOrNever()
    {
        Good(Ok("a", 1, 2), Unknown("b", 3), Read("a", 4, 5));
        Good(Ok("a", 1, 2), Unknown("b", 3), Read("a", 4, 5), Read("b", 6, 7));
        Good(Ok("a", 1, 2), Unknown("b", 3), Ok("c", 4, 5), Read("c", 6, 7), Read("b", 8, 9));
    }

    [Fact]
    public void Unknown_TakesEffectOnce()
    {
        Bad(Ok("a", 1, 2), Unknown("b", 3), Read("b", 4, 5), Read("a", 6, 7));
        Bad(Ok("a", 1, 2), Unknown("b", 3), Read("b", 4, 5), Ok("c", 6, 7), Read("b", 8, 9));
        Bad(Unknown("b", 1), Ok("c", 2, 3), Ok("d", 4, 5), Read("c", 6, 7));
    }

    [Fact]
    public void Unknown_OverwrittenTwiceBeforeOrAfter_IsGood()
    {
        Good(Unknown("b", 1), Ok("c", 2, 3), Ok("d", 4, 5), Read("b", 6, 7));
        Good(Unknown("b", 1), Read("b", 2, 3), Ok("c", 4, 5), Ok("d", 6, 7), Read("d", 8, 9));
    }

    [Fact]
    public void Unknown_BeforeItWasCalled_IsBad() => Bad(Read("b", 1, 2), Unknown("b", 3));

    [Fact]
    public void CompareAndSet_OnWhatItExpects_IsGood()
    {
        Good(Swap(null, "a", 1, 2), Swap("a", "b", 3, 4), Read("b", 5, 6));
        Bad(Swap(null, "a", 1, 2), Ok("b", 3, 4), Swap("a", "c", 5, 6));
    }

    [Fact]
    public void CompareAndSet_TwoOnTheSameValue_OneWins()
    {
        Bad(Ok("a", 1, 2), Swap("a", "b", 3, 9), Swap("a", "c", 3, 9));
        Good(Ok("a", 1, 2), Swap("a", "b", 3, 9), Swap("a", "c", 3, 9, Outcome.Failed));
    }

    [Fact]
    public void CompareAndSet_RefusedThoughItHeld_IsBad()
    {
        Bad(Ok("a", 1, 2), Swap("a", "b", 3, 4, Outcome.Failed));
        Good(Ok("a", 1, 2), Ok("c", 3, 6), Swap("a", "b", 4, 5, Outcome.Failed));
        Bad(Swap(null, "b", 1, 2, Outcome.Failed));
    }

    [Fact]
    public void CompareAndSet_OfAMissingFile_Succeeds()
    {
        Good(Ok("a", 1, 2), Ok(null, 3, 4), Swap("a", "b", 5, 6), Read("b", 7, 8));
        Bad(Ok("a", 1, 2), Ok(null, 3, 4), Swap("a", "b", 5, 6, Outcome.Failed));
    }

    [Fact]
    public void CompareAndSet_RefusedBecauseOfAnUnknownWrite_IsGood()
    {
        Good(Ok("a", 1, 2), Unknown("x", 3), Swap("a", "b", 4, 5, Outcome.Failed));
        Good(Ok("a", 1, 2), Unknown("x", 3), Swap("a", "b", 4, 5, Outcome.Failed), Ok("c", 6, 7), Read("c", 8, 9));
        Bad(Ok("a", 1, 2), Unknown("x", 3), Swap("a", "b", 4, 5, Outcome.Failed), Read("a", 6, 7));
    }

    [Fact]
    public void CompareAndSet_ChainOfUnknownOnes_ExplainsARead() => Good(
        Ok("a", 1, 2), Swap("a", "b", 3, 0, Outcome.Unknown), Swap("b", "c", 3, 0, Outcome.Unknown), Read("c", 4, 5));

    [Fact]
    public void CompareAndSet_OfAnUnnamedRevision_MayGoEitherWay()
    {
        var swap = new Operation("/k", false, "b", Demand.Unnamed, null, Outcome.Ok, 3, 4);
        Good(Ok("a", 1, 2), swap, Read("b", 5, 6));
        Good(Ok("a", 1, 2), swap with { Outcome = Outcome.Failed }, Read("a", 5, 6));
        Bad(Ok("a", 1, 2), swap with { Outcome = Outcome.Failed }, Read("b", 5, 6));
    }

    [Fact]
    public void Files_AreCheckedEachByItself()
    {
        Good(Ok("a", 1, 2), Operation.Read("/other", null, 3, 4), Read("a", 5, 6));
        var result = LinearizabilityChecker.Check([Ok("a", 1, 2), Read("a", 3, 4), Operation.Read("/other", "a", 3, 4)]);
        Assert.Equal(Verdict.Violated, result.Verdict);
        Assert.StartsWith("/other: ", result.Explanation, StringComparison.Ordinal);
        Assert.Contains("read 'a'", result.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void History_TooHardForTheLimit_IsUndecidedSoon()
    {
        // Fifteen compare-and-sets of unknown outcome, all on the same value, and a read that nothing explains.
        var history = Enumerable.Range(0, 15).SelectMany(i => (Operation[])[
            Swap("a", $"b{i}", 3, 0, Outcome.Unknown), Swap($"b{i}", "a", 3, 0, Outcome.Unknown)]).ToList();
        history.AddRange([Ok("a", 1, 2), Read("x", 5, 6)]);

        var result = LinearizabilityChecker.Check(history, limit: 10_000);

        Assert.Equal(Verdict.Undecided, result.Verdict);
        Assert.InRange(result.Work, 10_000, 11_000);
        Assert.Equal(Verdict.Linearizable, LinearizabilityChecker.Check(history[..^1], limit: 10_000).Verdict);
    }

    [Fact]
    public void History_Long_TakesAboutOneLookForEachOperation()
    {
        var history = new List<Operation>();
        for (var i = 0; i < 50_000; i++)
        {
            history.Add(Ok($"{i}", 10 * i, (10 * i) + 25));
            history.Add(Read($"{i}", (10 * i) + 26, (10 * i) + 27));
        }

        // Each write overlaps the next two.
        var result = LinearizabilityChecker.Check(history);
        Assert.Equal(Verdict.Linearizable, result.Verdict);
        Assert.InRange(result.Work, history.Count, 20 * history.Count);

        history.Add(Read("7", 1_000_000, 1_000_001));
        Assert.Equal(Verdict.Violated, LinearizabilityChecker.Check(history).Verdict);
    }

    private static Operation Ok(string? value, long called, long returned) => Operation.Write("/k", value, Outcome.Ok, called, returned);

    private static Operation Unknown(string? value, long called) => Operation.Write("/k", value, Outcome.Unknown, called, 0);

    private static Operation Read(string? value, long called, long returned) => Operation.Read("/k", value, called, returned);

    private static Operation Swap(string? expected, string? value, long called, long returned, Outcome outcome = Outcome.Ok) =>
        Operation.CompareAndSet("/k", expected, value, outcome, called, returned);

    private static void Good(params Operation[] history) => Require(Verdict.Linearizable, history);

    private static void Bad(params Operation[] history) => Require(Verdict.Violated, history);

    private static void Require(Verdict expected, Operation[] history)
    {
        // The order in which clients hand in what they did means nothing.
        Assert.Equal(expected, LinearizabilityChecker.Check(history).Verdict);
        Assert.Equal(expected, LinearizabilityChecker.Check(history.Reverse()).Verdict);
    }
}
