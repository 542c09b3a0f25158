namespace Orleans.Doozer.Consensus.Tests;

public class ProposerTests
{
    private static readonly NodeId Self = NodeId.Parse("S");
    private static readonly NodeId A = NodeId.Parse("A");
    private static readonly NodeId B = NodeId.Parse("B");
    private static readonly ConfigurationSchedule Schedule = new([new(new(1), new([Self, A, B]))]);
    private readonly Proposer _proposer = new(Self, new(), 4);
    private readonly List<Outgoing> _outbox = [];

    [Fact]
    public void Begin_BallotExceedsAllSeenAndThePromise_OnlyTheOwnAcceptorHearsIt()
    {
        _proposer.Saw(new(7, A));
        _proposer.Begin(new(3, B), Slot.Zero, 0, _outbox);
        Assert.Equal(new Ballot(8, Self), _proposer.Ballot);
        Assert.Equal([Self], _outbox.Select(outgoing => outgoing.To));
        _proposer.AskVoters(Schedule, Slot.Zero, 0, _outbox);
        Assert.Single(_outbox);
    }

    [Fact]
    public void Promises_Majority_LeadsAndAdoptsTheHighestVotePerSlot()
    {
        Begin();
        Promise(Self, Entry(1, 1, 1), Entry(3, 3, 3));
        Promise(A, Entry(1, 2, 2));
        Assert.True(_proposer.IsLeading);
        Assert.Equal(new Slot(3), _proposer.FillTo);
        Assert.Equal([2, 0, 3], Enumerable.Range(0, 3).Select(_ => (int)(_proposer.Propose([], Schedule, 0, _outbox).Batch.FirstOrDefault())));
        Assert.False(_proposer.MustFill);
    }

    [Fact]
    public void PromisePages_GapDuplicateAndLatePage_CountOnlyWhenComplete()
    {
        Begin();
        Promise(Self);
        var first = new Promise(_proposer.Ballot, new(1), [Entry(1, 1, 1)], Slot.Zero, true);
        var third = new Promise(_proposer.Ballot, new(5), [], Slot.Zero, false);
        Receive(A, first);
        Receive(A, third);       // a page that was not asked for
        Receive(A, first);       // again
        Assert.False(_proposer.IsLeading);
        Receive(A, new Promise(_proposer.Ballot, new(2), [Entry(4, 1, 9)], Slot.Zero, false));
        Assert.True(_proposer.IsLeading);
        Assert.Equal(new Slot(4), _proposer.FillTo);
    }

    [Fact]
    public void Votes_OfAnotherBallotOrAStranger_DoNotCount()
    {
        Begin();
        Promise(Self);
        Promise(A);
        var entry = _proposer.Propose([7], Schedule, 0, _outbox);
        Assert.Null(_proposer.Receive(Self, new Accepted(entry.Ballot, entry.Slot)));
        Assert.Null(_proposer.Receive(Self, new Accepted(entry.Ballot, entry.Slot)));
        Assert.Null(_proposer.Receive(NodeId.Parse("X"), new Accepted(entry.Ballot, entry.Slot)));
        Assert.Null(_proposer.Receive(A, new Accepted(new(1, A), entry.Slot)));
        Assert.Same(entry, _proposer.Receive(A, new Accepted(entry.Ballot, entry.Slot)));
        Assert.Null(_proposer.Receive(B, new Accepted(entry.Ballot, entry.Slot)));
    }

    [Fact]
    public void Applied_UpToASlot_NeitherWaitsForVotesNorProposesThere()
    {
        Begin();
        Promise(Self, Entry(3, 1, 3));
        Promise(A);
        _proposer.Propose([], Schedule, 0, _outbox);
        _proposer.Propose([], Schedule, 0, _outbox);
        Assert.Equal(2, _proposer.InFlight);

        _proposer.Applied(new(1));
        Assert.Equal((1, new Slot(3), true), (_proposer.InFlight, _proposer.Next, _proposer.MustFill));

        _proposer.Applied(new(3));
        Assert.Equal((0, new Slot(4), false), (_proposer.InFlight, _proposer.Next, _proposer.MustFill));
        _outbox.Clear();
        _proposer.Tick(100_000, _outbox);
        Assert.DoesNotContain(_outbox, outgoing => outgoing.Message is Accept);
        Assert.Equal(new Slot(4), _proposer.Propose([9], Schedule, 0, _outbox).Slot);
    }

    [Fact]
    public void CanPropose_BeyondAlphaOrWithoutTheNewVotersPromise_No()
    {
        var schedule = new ConfigurationSchedule([new(new(1), new([Self, A, B])), new(new(3), new([NodeId.Parse("C")]))]);
        Begin();
        Promise(Self);
        Promise(A);
        _proposer.Propose([], schedule, 0, _outbox);
        Assert.True(_proposer.CanPropose(schedule, Slot.Zero));
        _proposer.Propose([], schedule, 0, _outbox);
        Assert.False(_proposer.CanPropose(schedule, Slot.Zero));
        _proposer.Propose([], Schedule, 0, _outbox);
        _proposer.Propose([], Schedule, 0, _outbox);
        Assert.False(_proposer.CanPropose(Schedule, Slot.Zero));
        Assert.True(_proposer.CanPropose(Schedule, new(1)));
    }

    [Fact]
    public void Election_PreVote_NeedsAMajorityOfThisRound()
    {
        var election = new Election(new(), new DeterministicRandom(1));
        VotingConfiguration[] voters = [new([Self, A, B])];
        election.Ask(Slot.Zero, 0);
        Assert.False(election.Count(Self, new(1, true, Ballot.Zero), voters));
        Assert.False(election.Count(A, new(1, false, Ballot.Zero), voters));
        election.Ask(Slot.Zero, 500);
        Assert.False(election.Count(A, new(1, true, Ballot.Zero), voters));
        Assert.False(election.Count(Self, new(2, true, Ballot.Zero), voters));
        Assert.True(election.Count(B, new(2, true, Ballot.Zero), voters));
        Assert.False(election.Count(A, new(2, true, Ballot.Zero), voters));
    }

    private static AcceptedEntry Entry(long slot, long round, byte value) => new(new(slot), new(round, A), [value]);

    private void Begin() => _proposer.Begin(new(5, B), Slot.Zero, 0, _outbox);

    private void Promise(NodeId from, params AcceptedEntry[] entries) =>
        Receive(from, new Promise(_proposer.Ballot, new(1), entries, Slot.Zero, false));

    private void Receive(NodeId from, Promise promise)
    {
        var phase = _proposer.Phase;
        _proposer.Receive(from, promise, Schedule, 0, _outbox);
        if (phase == ProposerPhase.OwnPromise)
        {
            _proposer.AskVoters(Schedule, Slot.Zero, 0, _outbox);
        }
    }
}
