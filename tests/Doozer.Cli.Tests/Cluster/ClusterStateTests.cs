using Doozer.Cli.Cluster;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests.Cluster;

/// <summary>What is concluded from the nodes' words.</summary>
public sealed class ClusterStateTests
{
    [Theory]
    [InlineData("", 1, true, "3 of 3 voters reachable, leader NODE1, quorum ok")]
    [InlineData("2", 1, true, "2 of 3 voters reachable, leader NODE1, quorum ok")]
    [InlineData("2 3", 1, false, "NO QUORUM: 1 of 3 voters reachable")]
    [InlineData("", 0, false, "NO LEADER: 3 of 3 voters reachable, none knows a leader")]
    [InlineData("1", 1, false, "NO LEADER: 2 of 3 voters reachable, but not the leader they know, NODE1")]
    public void Summary_BySilenceAndLeader_TellsWhetherTheStoreCanDecide(string silent, int leader, bool healthy, string summary)
    {
        int[] nodes = [.. silent.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

        ClusterState state = States.Of(nodes, leader: leader);

        Assert.Equal((healthy, summary), (state.IsHealthy, state.Summary));
    }

    [Fact]
    public void Summary_RegisterHasNotFollowedTheVoters_SaysWhatToWaitFor()
    {
        ClusterState state = States.Of(change: report => report.Register.Add(report.Node == States.Id(1) ? [States.Id(1)] : report.Voters));

        Assert.Equal(
            "3 of 3 voters reachable, leader NODE1, quorum ok, but the membership register is still kept by NODE1; wait before stopping a node",
            state.Summary);
    }

    [Fact]
    public void Summary_NobodyHasJoined_SaysSo()
    {
        var report = new StatusReport { Node = States.Id(1), Address = "10.0.0.1:8046", Joined = false };

        ClusterState state = ClusterState.From(ControlFiles.None, [States.Answers(report)], 0);

        Assert.Equal("NO QUORUM: no voters are known; no node that answers has joined a cluster", state.Summary);
        Assert.Equal(NodeHealth.Joining, Assert.Single(state.Nodes).Health);
        Assert.False(state.IsHealthy);
    }

    [Fact]
    public void Leader_NodesDisagree_IsThatOfTheHighestBallot()
    {
        ClusterState state = States.Of(change: report =>
        {
            bool isOld = report.Node == States.Id(3);
            report.Leader = States.Id(isOld ? 3 : 2);
            report.BallotRound = isOld ? 7 : 8;
        });

        Assert.Equal(States.Id(2), state.Leader);
        Assert.Equal([NodeRole.Voter, NodeRole.Leader, NodeRole.Voter], state.Nodes.Select(node => node.Role));
    }

    [Fact]
    public void Voters_NodesDisagree_AreThoseOfTheNodeThatIsFurthest()
    {
        ClusterState state = States.Of(change: report =>
        {
            if (report.Node == States.Id(2))
            {
                report.Voters.RemoveAt(2);
                report.AppliedSlot++;
            }
        });

        Assert.Equal([States.Id(1), States.Id(2)], state.Voters);
        Assert.Equal([NodeRole.Leader, NodeRole.Voter, NodeRole.Follower], state.Nodes.Select(node => node.Role));
    }

    [Fact]
    public void Node_LacksRevisions_IsBehindByAsMany()
    {
        ClusterState state = States.Of(change: report => report.Revision -= report.Node == States.Id(3) ? 12 : 0);

        Assert.Equal((NodeHealth.Behind, 12), (state.Nodes[2].Health, state.Nodes[2].Lag));
        Assert.Equal("behind by 12 revisions", StatusText.HealthOf(state.Nodes[2]));
        Assert.True(state.IsHealthy);
    }

    [Fact]
    public void Node_AskedAfterMoreWrites_IsNotBehind()
    {
        ClusterState state = States.Of(change: report => report.Revision += report.Node == States.Id(1) ? 1000 : 3);

        Assert.All(state.Nodes, node => Assert.Equal(NodeHealth.Healthy, node.Health));
    }

    [Fact]
    public void Nodes_OfEveryKind_StandVotersBySlotThenFollowersThenTheGone()
    {
        var control = new ControlFiles(
            States.Now,
            [States.Slot(0, 3), States.Slot(1, null), States.Slot(2, 1)],
            [.. Enumerable.Range(1, 7).Select(States.Entry).Select(entry => entry with { IsStandby = entry.Id == States.Id(5) })]);
        NodeAnswer[] answers =
        [
            States.Silent(2), States.Silent(1), States.Answers(States.Report(3, 3, 1, 3)), States.Answers(States.Report(4, 3, 1, 3)),
            States.Answers(States.Report(5, 3, 1, 3)), States.Silent(6), States.Silent(7), States.Silent(9, "no answer within 2 s"),
        ];

        ClusterState state = ClusterState.From(control, answers, States.Now);

        Assert.Equal(
            [
                (States.Id(3), NodeRole.Leader, NodeHealth.Healthy),
                (States.Id(1), NodeRole.Voter, NodeHealth.Unreachable),
                (States.Id(4), NodeRole.Follower, NodeHealth.Healthy),
                (States.Id(5), NodeRole.Standby, NodeHealth.Healthy),
                ("", NodeRole.None, NodeHealth.Gone),
                (States.Id(2), NodeRole.None, NodeHealth.Gone),
                (States.Id(6), NodeRole.None, NodeHealth.Gone),
                (States.Id(7), NodeRole.None, NodeHealth.Gone),
            ],
            state.Nodes.Select(node => (node.Id, node.Role, node.Health)));
        Assert.Equal("10.0.0.9:8046", state.Nodes[4].Address);
    }

    [Theory]
    [InlineData("10.0.0.1:8046", "its address is node NODE1XXXX's now")]
    [InlineData("", "it never told its address")]
    [InlineData("no address", "its address \"no address\" is none")]
    [InlineData("10.0.0.8:8046", "it was not asked")]
    public void Node_NotFoundAtItsAddress_SaysWhy(string address, string reason)
    {
        var control = new ControlFiles(States.Now, [States.Slot(0, 1)], [States.Entry(1), States.Entry(2) with { Address = address }]);

        ClusterState state = ClusterState.From(control, [States.Answers(States.Report(1, 1, 1))], States.Now);

        Assert.Equal((NodeHealth.Gone, reason), (state.Nodes[1].Health, state.Nodes[1].Reason));
    }

    [Fact]
    public void Short_SimilarIds_AreAsLongAsNeeded()
    {
        var prefixes = new IdPrefixes(["ABCDEFGH", "ABCDEFXX", "QRSTUVWX", "AB"]);

        Assert.Equal(["ABCDEFG", "ABCDEFX", "QRSTUVW", "AB"], new[] { "ABCDEFGH", "ABCDEFXX", "QRSTUVWX", "AB" }.Select(prefixes.Of));
        Assert.Equal("QRST", new IdPrefixes(["QRSTUVWX"]).Of("QRSTUVWX"));
    }
}
