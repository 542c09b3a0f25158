namespace Orleans.Doozer.Consensus.Tests;

public class LearnerTests
{
    private static readonly NodeId N = NodeId.Parse("N");
    private static readonly Ballot One = new(1, N);
    private static readonly Ballot Two = new(2, N);

    [Theory]
    [InlineData(1, 1, 1, true)]
    [InlineData(1, 2, 1, false)]     // an entry of an older ballot may have lost
    [InlineData(2, 1, 1, false)]     // an entry of a newer ballot is not what was announced
    [InlineData(1, 1, 0, false)]     // not announced yet
    public void Next_OwnEntry_OnlyUnderTheAnnouncedBallot(long held, long announced, long decidedTo, bool applied)
    {
        var log = new AcceptedLog();
        log.Put(new(new(1), new(held, N), [1]));
        var learner = new Learner(Slot.Zero);
        learner.Announce(new(announced, N), new(decidedTo));
        Assert.Equal(applied, learner.Next(log) is not null);
    }

    [Fact]
    public void Heard_Alone_AppliesNothing()
    {
        var log = new AcceptedLog();
        log.Put(new(new(1), One, [1]));
        var learner = new Learner(Slot.Zero);
        learner.Heard(new(5));
        Assert.Null(learner.Next(log));
        Assert.Equal(new Slot(5), learner.KnownTo);
        Assert.Equal(Slot.Zero, learner.DecidedTo);
    }

    [Fact]
    public void Announce_OlderBallotAfterNewer_OnlyTellsHowFarThereIsToGo()
    {
        var log = new AcceptedLog();
        log.Put(new(new(1), One, [1]));
        var learner = new Learner(Slot.Zero);
        learner.Announce(Two, Slot.Zero);
        learner.Announce(One, new(1));
        Assert.Null(learner.Next(log));
        Assert.Equal(new Slot(1), learner.KnownTo);
    }

    [Fact]
    public void Decide_OutOfOrder_HandedOverInOrder()
    {
        var learner = new Learner(Slot.Zero);
        var log = new AcceptedLog();
        learner.Decide(new(new(2), One, [2]));
        Assert.Null(learner.Next(log));
        learner.Decide(new(new(1), One, [1]));
        Assert.Equal(new Slot(1), learner.Next(log)!.Slot);
        learner.MarkApplied(new(1));
        Assert.Equal(new Slot(2), learner.Next(log)!.Slot);
        Assert.Throws<InvariantViolationException>(() => learner.MarkApplied(new(4)));
    }

    [Fact]
    public void Install_AheadOfDecided_DropsWhatIsCovered()
    {
        var learner = new Learner(Slot.Zero);
        learner.Decide(new(new(2), One, [2]));
        learner.Decide(new(new(4), One, [4]));
        learner.Install(new(3));
        Assert.Equal(new Slot(4), learner.Next(new AcceptedLog())!.Slot);
        Assert.Throws<InvariantViolationException>(() => learner.Install(new(3)));
    }
}
