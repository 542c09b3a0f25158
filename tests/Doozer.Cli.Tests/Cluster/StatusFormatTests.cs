using Doozer.Cli.Cluster;

namespace Doozer.Cli.Tests.Cluster;

/// <summary>The table and the document, to the character.</summary>
public sealed class StatusFormatTests
{
    [Fact]
    public void Table_MixedCluster_IsAligned()
    {
        ClusterState state = States.Of([3], four: true, change: report => report.Revision -= report.Node == States.Id(4) ? 1 : 0);

        Assert.Equal(
            """
            cluster local (c1), revision 500
            ID     ADDRESS        ROLE      STATE                            REVISION  APPLIED  LAG  VERSION  UPTIME
            NODE1  10.0.0.1:8046  leader    healthy                               500      900    0  0.1.0      1m5s
            NODE2  10.0.0.2:8046  voter     healthy                               500      900    0  0.1.0      1m5s
            NODE3  10.0.0.3:8046  voter     unreachable: connection refused         -        -    -  0.1.0         -
            NODE4  10.0.0.4:8046  follower  behind by 1 revision                  499      900    1  0.1.0      1m5s
            2 of 3 voters reachable, leader NODE1, quorum ok

            """,
            StatusText.Of(state));
    }

    [Fact]
    public void Members_EmptyAndStrangeSlots_AreListed()
    {
        var control = new ControlFiles(
            States.Now, [States.Slot(0, 1), States.Slot(1, null), new VoteSlot("2", "STRANGER", 4)], [States.Entry(1), States.Entry(2)]);
        ClusterState state = ClusterState.From(
            control, [States.Answers(States.Report(1, 1, 1)), States.Answers(States.Report(2, 1, 1))], States.Now);

        Assert.Equal(
            """
            cluster local (c1), revision 500
            SLOT  ID         ADDRESS        ROLE      STATE
            0     NODE1XXXX  10.0.0.1:8046  leader    healthy
            1     -          -              -         empty
            2     STRANGER   -              -         no node of this id is known
            -     NODE2XXXX  10.0.0.2:8046  follower  healthy
            1 of 1 voters reachable, leader NODE1, quorum ok

            """,
            StatusText.MembersOf(state));
    }

    [Fact]
    public void Table_ControlCharactersFromTheNetwork_AreNotPrinted()
    {
        ClusterState state = States.Of(change: report =>
        {
            report.Version = "1\u001b[31m\n2";
            report.ClusterName = "lo\ncal";
        });

        string text = StatusText.Of(state);

        Assert.Contains("1 [31m 2", text, StringComparison.Ordinal);
        Assert.StartsWith("cluster lo cal (c1)", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
        Assert.Equal(6, text.TrimEnd('\n').Split('\n').Length);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(59, "59s")]
    [InlineData(60, "1m0s")]
    [InlineData(7265, "2h1m")]
    [InlineData(93_600, "1d2h")]
    public void Uptime_AnyLength_HasTheTwoLargestUnits(int seconds, string text) =>
        Assert.Equal(text, StatusText.Uptime(TimeSpan.FromSeconds(seconds)));

    /// <summary>Programs rely on these names: a change here breaks them.</summary>
    [Fact]
    public void Document_TwoNodes_HasTheStableNames()
    {
        var control = new ControlFiles(
            States.Now, [States.Slot(0, 1), States.Slot(1, null)], [States.Entry(1), States.Entry(2) with { IsStandby = true }]);
        ClusterState state = ClusterState.From(control, [States.Answers(States.Report(1, 1, 1)), States.Silent(2)], States.Now);

        Assert.Equal(
            """
            {
              "clusterName": "local",
              "clusterId": "c1",
              "healthy": true,
              "summary": "1 of 1 voters reachable, leader NODE1, quorum ok",
              "revision": 500,
              "leader": "NODE1XXXX",
              "leaderReachable": true,
              "voters": [
                "NODE1XXXX"
              ],
              "votersReachable": 1,
              "quorum": 1,
              "quorumReachable": true,
              "registerKeepers": [],
              "slots": [
                {
                  "slot": "0",
                  "node": "NODE1XXXX"
                },
                {
                  "slot": "1",
                  "node": null
                }
              ],
              "nodes": [
                {
                  "id": "NODE1XXXX",
                  "address": "10.0.0.1:8046",
                  "hostname": "host1",
                  "role": "leader",
                  "votes": true,
                  "slot": "0",
                  "standby": false,
                  "state": "healthy",
                  "reason": null,
                  "version": "0.1.0",
                  "uptimeMs": 65000,
                  "journal": "sqlite",
                  "lag": 0,
                  "revision": 500,
                  "oldestRevision": 1,
                  "appliedSlot": 900,
                  "acceptedSlot": 901,
                  "ballotRound": 3,
                  "leaderSeen": "NODE1XXXX",
                  "files": 20,
                  "bytes": 3000
                },
                {
                  "id": "NODE2XXXX",
                  "address": "10.0.0.2:8046",
                  "hostname": "host2",
                  "role": "none",
                  "votes": false,
                  "slot": null,
                  "standby": true,
                  "state": "gone",
                  "reason": "connection refused",
                  "version": "0.1.0",
                  "uptimeMs": null,
                  "journal": null,
                  "lag": null,
                  "revision": null,
                  "oldestRevision": null,
                  "appliedSlot": null,
                  "acceptedSlot": null,
                  "ballotRound": null,
                  "leaderSeen": null,
                  "files": null,
                  "bytes": null
                }
              ]
            }

            """,
            StatusDocument.Of(state));
    }
}
