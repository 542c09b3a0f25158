namespace Orleans.Doozer.Simulation;

public class SabotageTests
{
    /// <summary>How many seeds each deliberate fault may survive; about three times what it took when this was written.</summary>
    [Theory]
    [InlineData((int)Sabotage.HandoverSkipped, 2000)]
    [InlineData((int)Sabotage.PromiseLostAtRestart, 20)]
    [InlineData((int)Sabotage.AnswersBeforeSync, 20)]
    [InlineData((int)Sabotage.DiskLosesWrites, 50)]
    [InlineData((int)Sabotage.PromiseHidesHighestVote, 200)]
    [InlineData((int)Sabotage.ReadAsksNobody, 20)]
    [InlineData((int)Sabotage.WipedDiskKeepsId, 20)]
    [InlineData((int)Sabotage.SnapshotMissesLastBatch, 20)]
    [InlineData((int)Sabotage.TruncatedOneTooFar, 100)]
    [InlineData((int)Sabotage.RequestIdsDropped, 20)]
    [InlineData((int)Sabotage.LearnerMixesBallots, 1000)]
    [InlineData((int)Sabotage.BallotReusedAtRestart, 20)]
    [InlineData((int)Sabotage.AcceptedIsDecidedAtRestart, 50)]
    [InlineData((int)Sabotage.FetchedHandsOutUndecided, 20)]
    [InlineData((int)Sabotage.ConfigurationOneSlotEarly, 50)]
    [InlineData((int)Sabotage.VoteInvented, 20)]
    public void Checkers_Sabotage_CaughtWithinSeeds(int sabotage, int seeds) =>
        Assert.NotNull(SabotageTable.FirstCatch((Sabotage)sabotage, seeds));
}
