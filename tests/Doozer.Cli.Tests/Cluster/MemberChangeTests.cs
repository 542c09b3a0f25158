using Doozer.Cli.Cluster;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests.Cluster;

/// <summary>Which changes of the voters are refused, and with which words.</summary>
public sealed class MemberChangeTests
{
    [Theory]
    [InlineData("NODE4XXXX")]
    [InlineData("node4")]
    [InlineData("10.0.0.4:8046")]
    [InlineData("10.0.0.4")]
    public void Add_Follower_TakesANewSlotAndWarnsOfTheEvenNumber(string who)
    {
        MemberChange change = MemberChange.Add(States.Of(four: true), who, null, force: false);

        Assert.Equal((States.Id(4), "/ctl/cal/3", 0), (change.Node.Id, change.Slots.Single().Path, change.Slots.Single().Revision));
        Assert.Equal(4, change.Voters.Count);
        Assert.Equal("4 voters survive no more failures than 3 would; an odd number is better", change.Warning);
    }

    [Fact]
    public void Add_EmptySlots_TakesTheFirstOrTheOneNamed()
    {
        var control = new ControlFiles(
            States.Now,
            [States.Slot(0, 1), new VoteSlot("2", "", 22), new VoteSlot("10", "", 30)],
            [States.Entry(1), States.Entry(2)]);
        ClusterState state = ClusterState.From(
            control, [States.Answers(States.Report(1, 1, 1)), States.Answers(States.Report(2, 1, 1))], States.Now);

        Assert.Equal(("/ctl/cal/2", 22), PlaceOf(null));
        Assert.Equal(("/ctl/cal/10", 30), PlaceOf(10));
        Assert.Equal(("/ctl/cal/7", 0), PlaceOf(7));

        (string, long) PlaceOf(int? number)
        {
            VoteSlot slot = MemberChange.Add(state, States.Id(2), number, force: false).Slots.Single();
            return (slot.Path, slot.Revision);
        }
    }

    [Fact]
    public void Add_VoterThatWasToBeKeptOut_OnlyUndoesThat()
    {
        var control = new ControlFiles(States.Now, [States.Slot(0, 1)], [States.Entry(1) with { IsStandby = true, StandbyRevision = 9 }]);
        ClusterState state = ClusterState.From(control, [States.Answers(States.Report(1, 1, 1))], States.Now);

        Assert.Empty(MemberChange.Add(state, States.Id(1), null, force: false).Slots);
    }

    [Theory]
    [InlineData("NOBODY", "no node \"NOBODY\" is known; 'doozer members' lists the nodes")]
    [InlineData("", "no node \"\" is known; 'doozer members' lists the nodes")]
    [InlineData("10.0.0.9:8046", "no node \"10.0.0.9:8046\" is known; 'doozer members' lists the nodes")]
    [InlineData("NODE", "\"NODE\" may mean any of NODE1, NODE2, NODE3, NODE4; give more of the id")]
    [InlineData("NODE2", "node NODE2 is a voter already: it holds /ctl/cal/1")]
    public void Add_WrongNode_IsRefusedAlsoWithForce(string who, string message)
    {
        ClusterState state = States.Of(four: true);

        Assert.Equal(message, Refusal(() => MemberChange.Add(state, who, null, force: false)));
        Assert.Equal(message, Refusal(() => MemberChange.Add(state, who, null, force: true)));
    }

    [Fact]
    public void Add_SlotIsHeld_IsRefusedAlsoWithForce() => Assert.Equal(
        "/ctl/cal/1 is held by node NODE2; remove that one first, or leave out --slot",
        Refusal(() => MemberChange.Add(States.Of(four: true), States.Id(4), 1, force: true)));

    [Fact]
    public void Add_Unreachable_IsRefusedUnlessForced()
    {
        ClusterState state = States.Of([4], four: true);

        Assert.Equal(
            "node NODE4 is not reachable from here (connection refused); start it, or add it nevertheless with --force",
            Refusal(() => MemberChange.Add(state, States.Id(4), null, force: false)));
        Assert.Equal(4, MemberChange.Add(state, States.Id(4), null, force: true).Voters.Count);
    }

    [Theory]
    [InlineData(100, true, null)]
    [InlineData(101, true, "is 101 revisions behind; wait until it has caught up")]
    [InlineData(0, false, "has not copied the store yet; wait until 'doozer status' shows it healthy")]
    public void Add_NotCaughtUp_IsRefusedUnlessForced(long lag, bool joined, string? problem)
    {
        ClusterState state = States.Of(four: true, change: report =>
        {
            report.Revision -= report.Node == States.Id(4) ? lag : 0;
            report.Joined = joined || report.Node != States.Id(4);
        });

        if (problem is not null)
        {
            Assert.Equal(
                $"node NODE4 {problem}, or add it nevertheless with --force",
                Refusal(() => MemberChange.Add(state, States.Id(4), null, force: false)));
        }

        Assert.Equal(4, MemberChange.Add(state, States.Id(4), null, force: problem is not null).Voters.Count);
    }

    [Fact]
    public void Remove_Voter_EmptiesItsSlotAtTheRevisionSeen()
    {
        MemberChange change = MemberChange.Remove(States.Of(), States.Id(3), force: false);

        Assert.Equal([States.Slot(2, 3)], change.Slots);
        Assert.Equal([States.Id(1), States.Id(2)], change.Voters);
    }

    [Fact]
    public void Remove_DeadVoter_IsAllowed() =>
        Assert.Equal(2, MemberChange.Remove(States.Of([3]), States.Id(3), force: false).Voters.Count);

    [Fact]
    public void Remove_MajorityWouldBeLost_IsRefusedUnlessForced()
    {
        ClusterState state = States.Of([3]);

        Assert.Equal(
            "without node NODE2 only 1 of 2 voters would be reachable, no majority: nothing could be decided any more; "
            + "start the others first, or do it nevertheless with --force",
            Refusal(() => MemberChange.Remove(state, States.Id(2), force: false)));
        Assert.Equal(2, MemberChange.Remove(state, States.Id(2), force: true).Voters.Count);
    }

    [Fact]
    public void Remove_NoQuorumNow_IsRefusedUnlessForced()
    {
        ClusterState state = States.Of([2, 3]);

        Assert.Equal(
            "the voters cannot decide a change now (NO QUORUM: 1 of 3 voters reachable); "
            + "start those that are down, or try nevertheless with --force",
            Refusal(() => MemberChange.Remove(state, States.Id(3), force: false)));
        Assert.Equal(2, MemberChange.Remove(state, States.Id(3), force: true).Voters.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Remove_LastVoter_IsNeverAllowed(bool force)
    {
        var control = new ControlFiles(States.Now, [States.Slot(0, 1), States.Slot(1, null)], [States.Entry(1)]);
        ClusterState state = ClusterState.From(control, [States.Answers(States.Report(1, 1, 1))], States.Now);

        Assert.Equal(
            "node NODE is the last voter: without it nothing could ever be decided; add another voter first",
            Refusal(() => MemberChange.Remove(state, States.Id(1), force)));
    }

    [Fact]
    public void Remove_Follower_IsNoVoter() => Assert.Equal(
        "node NODE4 is no voter: it holds no slot; 'doozer members' lists those that do",
        Refusal(() => MemberChange.Remove(States.Of(four: true), "NODE4", force: true)));

    [Fact]
    public void Find_AddressOfAnEmptiedNode_MeansTheOneThatIsThereNow()
    {
        var control = new ControlFiles(
            States.Now, [States.Slot(0, 1)], [States.Entry(1), States.Entry(2), States.Entry(3) with { Address = "10.0.0.2:8046" }]);
        StatusReport third = States.Report(3, 1, 1);
        third.Address = "10.0.0.2:8046";
        ClusterState state = ClusterState.From(
            control, [States.Answers(States.Report(1, 1, 1)), States.Answers(third)], States.Now);

        Assert.Equal(States.Id(3), NodeFinder.Find(state, "10.0.0.2:8046").Id);
        Assert.Equal(States.Id(2), NodeFinder.Find(state, "NODE2").Id);
    }

    private static string Refusal(Func<MemberChange> change) => Assert.Throws<DoozerException>(change).Message;
}
