using Orleans.Doozer.Consensus;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class VoterKeeperTests
{
    private const long BeatMs = 100;
    private static readonly VoterOptions Options = new() { Count = 3, SilenceMs = 10_000, SteadyMs = 1_000, ForgetMs = 60_000 };
    private readonly VoterKeeper _keeper = new(Options, new ConsensusTimes());
    private readonly StateMachine _store = NewMachine();
    private long _nowMs;

    public VoterKeeperTests()
    {
        _store.Apply(Set("/ctl/name", "local"), Set("/ctl/cal/0", "A"));
        Register("A", "B", "C", "D");
        _keeper.Begin(0);
    }

    [Fact]
    public void Node_SteadyAndCaughtUp_GetsAVoteAfterASecond()
    {
        Run(900, "B", "C");
        Assert.Equal("A", Voters());

        Run(300, "B", "C");
        Assert.Equal("ABC", Voters());
    }

    [Fact]
    public void Node_BehindOrWithPausesOrOnStandby_GetsNoVote()
    {
        _store.Apply(Set("/ctl/node/D/standby", "true"));
        for (var i = 0; i < 10; i++)
        {
            Run(900, "C", "D");
            Run(2_000, "D");
            _keeper.Heard(Node("B"), false, _nowMs);
        }

        Assert.Equal("A", Voters());
    }

    [Fact]
    public void Node_ThatNeverRegistered_GetsNoVote()
    {
        Run(5_000, "B", "X");
        Assert.Equal("A", Voters());
    }

    [Fact]
    public void Voter_SilentForLessThanTheTimeout_KeepsItsVote()
    {
        Run(2_000, "B", "C");

        // Seven seconds of lost packets (ha/doozerd issue 59), again and again, beside a node that could take its place.
        for (var i = 0; i < 20; i++)
        {
            Run(7_000, "C", "D");
            Run(500, "B", "C", "D");
        }

        Assert.Equal("ABC", Voters());
    }

    [Fact]
    public void Voter_SilentForTheTimeout_IsReplacedByANodeThatCouldVote()
    {
        Run(2_000, "B", "C");
        Run(10_600, "C", "D");
        Assert.Equal("ADC", Voters());
    }

    [Fact]
    public void Voter_SilentWithNobodyToTakeItsPlace_KeepsItsSlot()
    {
        Run(2_000, "B", "C");
        Run(60_000, "C");
        Assert.Equal("ABC", Voters());
    }

    [Fact]
    public void Voter_SilentThatKeptItsSlot_IsNotTakenForOneThatLostIt()
    {
        Run(2_000, "B", "C");
        Run(60_000, "C");
        Run(1_500, "B", "C");

        // An operator empties the slot: who is steady gets it, without the patience that a node which lost its vote needs.
        _store.Apply(Set("/ctl/cal/1", ""));
        Run(500, "B", "C");
        Assert.Equal("ABC", Voters());
    }

    [Fact]
    public void Voter_BouncedAgainAndAgain_NeverCostsAnotherItsVote()
    {
        Run(2_000, "B", "C");

        // ha/doozerd issue 64: one node comes and goes, for longer than the timeout each time.
        for (var i = 0; i < 10; i++)
        {
            Run(15_000, "C", "D");
            Run(15_000, "B", "C", "D");
            Assert.Contains("C", Voters(), StringComparison.Ordinal);
            Assert.Contains("A", Voters(), StringComparison.Ordinal);
        }

        Assert.Equal("ADC", Voters());
    }

    [Fact]
    public void Voter_ThatLostItsVote_WaitsForTheTimeoutBeforeItGetsOneAgain()
    {
        Run(2_000, "B", "C");
        Run(10_600, "C", "D");
        Run(5_000, "D");
        Run(9_000, "B", "D");
        Assert.Equal("ADC", Voters());

        Run(2_000, "B", "D");
        Assert.Equal("ADB", Voters());
    }

    [Fact]
    public void Leader_ThatNoMajorityAnswers_ChangesNothing()
    {
        Run(2_000, "B", "C");
        Run(30_000, "D");
        Assert.Equal("ABC", Voters());
    }

    [Fact]
    public void Leader_New_GivesNoVoteThatRestsOnAVoterItHasNotHeard()
    {
        Run(2_000, "B", "C");
        _store.Apply(Set("/ctl/cal/3", ""));
        Run(5_000, "B");
        _keeper.Begin(_nowMs);
        Run(3_000, "B", "D");
        Assert.Equal("ABC", Voters());

        Run(500, "B", "C", "D");
        Assert.Equal("ABCD", Voters());
    }

    [Fact]
    public void Leader_New_GivesEveryVoterTheWholeTimeout()
    {
        Run(2_000, "B", "C");
        Run(9_000, "C", "D");
        _keeper.Begin(_nowMs);
        Run(9_000, "C", "D");
        Assert.Equal("ABC", Voters());
    }

    [Fact]
    public void Node_WithoutVoteSilentForLong_IsForgotten()
    {
        Run(2_000, "B", "C", "D");
        Run(60_500, "B", "C");
        Assert.Equal(["A", "B", "C"], ControlFiles.Nodes(_store.Current).Select(node => node.Value));
    }

    [Fact]
    public void Slots_AllEmptiedByHand_AreGivenToTheVotersInForce()
    {
        _store.Apply(Set("/ctl/cal/0", ""));
        Run(300);
        Assert.Equal("A", Voters());
    }

    [Fact]
    public void Store_WithoutSlotsYet_IsLeftToItsFounder()
    {
        _store.Apply(Delete("/ctl/cal/0"));
        Run(5_000, "B", "C");
        Assert.Equal("", Voters());
    }

    [Fact]
    public void Votes_GoToOtherZonesAndHostsFirst()
    {
        _store.Apply(
            Set("/ctl/node/A/zone", "east"), Set("/ctl/node/B/zone", "east"), Set("/ctl/node/C/zone", "west"), Set("/ctl/node/D/zone", "west"),
            Set("/ctl/node/C/hostname", "h1"), Set("/ctl/node/D/hostname", "h2"), Set("/ctl/node/A/hostname", "h1"));
        Run(2_000, "B", "C", "D");

        // D shares neither zone nor host with A; then both zones hold one, and B's host is its own.
        Assert.Equal("ADB", Voters());
    }

    private void Register(params string[] nodes) => _store.Apply([.. nodes.Select(node => Set($"/ctl/node/{node}/addr", node))]);

    /// <summary>Time passes; the named nodes answer every heartbeat, and what the keeper plans is applied at once.</summary>
    private void Run(long forMs, params string[] answering)
    {
        for (var end = _nowMs + forMs; _nowMs < end;)
        {
            _nowMs += BeatMs;
            foreach (var node in answering)
            {
                _keeper.Heard(Node(node), true, _nowMs);
            }

            if (_keeper.IsDue(_nowMs) && _keeper.Plan(_store.Current, new VotingConfiguration([Node("A")]), Node("A"), _nowMs) is { Count: > 0 } plan)
            {
                Assert.All(_store.Apply(plan), outcome => Assert.Equal(DoozerErrorCode.None, outcome.Error));
            }
        }
    }

    private string Voters() => string.Concat(ControlFiles.VoterSlots(_store.Current).Select(slot => slot.Voter.Value));

    private static NodeId Node(string name) => NodeId.Parse(name);
}
