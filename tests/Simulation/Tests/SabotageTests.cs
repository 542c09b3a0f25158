namespace Orleans.Doozer.Simulation;

public class SabotageTests
{
    /// <summary>How many seeds each deliberate fault may survive; about three times what the rate of catches asks for (README).</summary>
    [Theory]
    [InlineData((int)Sabotage.HandoverSkipped, 50)]
    [InlineData((int)Sabotage.PromiseLostAtRestart, 20)]
    [InlineData((int)Sabotage.AnswersBeforeSync, 20)]
    [InlineData((int)Sabotage.DiskLosesWrites, 50)]
    [InlineData((int)Sabotage.PromiseHidesHighestVote, 600)]
    [InlineData((int)Sabotage.ReadAsksNobody, 20)]
    [InlineData((int)Sabotage.WipedDiskKeepsId, 20)]
    [InlineData((int)Sabotage.SnapshotMissesLastBatch, 50)]
    [InlineData((int)Sabotage.TruncatedOneTooFar, 50)]
    [InlineData((int)Sabotage.RequestIdsDropped, 20)]
    [InlineData((int)Sabotage.LearnerMixesBallots, 300)]
    [InlineData((int)Sabotage.BallotReusedAtRestart, 20)]
    [InlineData((int)Sabotage.AcceptedIsDecidedAtRestart, 100)]
    [InlineData((int)Sabotage.FetchedHandsOutUndecided, 20)]
    [InlineData((int)Sabotage.ConfigurationOneSlotEarly, 50)]
    [InlineData((int)Sabotage.VoteInvented, 20)]
    [InlineData((int)Sabotage.AcceptsBelowPromise, 150)]
    [InlineData((int)Sabotage.ProposesBeyondAlpha, 20)]
    [InlineData((int)Sabotage.LearnerSkipsHole, 20)]
    [InlineData((int)Sabotage.RetriesAreNewRequests, 50)]
    [InlineData((int)Sabotage.WatchResumesOneLate, 20)]
    [InlineData((int)Sabotage.TornRecordRead, 100)]
    [InlineData((int)Sabotage.DamageAccepted, 100)]
    [InlineData((int)Sabotage.AcceptAnnouncesItself, 20)]
    [InlineData((int)Sabotage.JournalReadIgnoresMarks, 100)]
    [InlineData((int)Sabotage.SnapshotOfNewestState, 50)]
    public void Checkers_Sabotage_CaughtWithinSeeds(int sabotage, int seeds) =>
        Assert.NotNull(SabotageTable.FirstCatch((Sabotage)sabotage, seeds));

    [Fact]
    public void Checkers_EverySabotage_HasACase()
    {
        var cases = typeof(SabotageTests).GetMethod(nameof(Checkers_Sabotage_CaughtWithinSeeds))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Length;
        Assert.Equal(Enum.GetValues<Sabotage>().Length - 1, cases);
    }

    /// <summary>The checker that knows nothing but calls and answers, alone.</summary>
    [Fact]
    public void Linearizability_ReadAsksNobody_CaughtFromOutside()
    {
        var caught = Enumerable.Range(1, 40).Select(seed => SimRun.Run((ulong)seed, Sabotage.ReadAsksNobody, onlyHistory: true))
            .FirstOrDefault(result => result.Failure is not null);
        Assert.Equal("linearizability", caught?.Check);
    }
}
