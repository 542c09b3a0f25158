using Doozer.Cli.Cluster;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests.Cluster;

/// <summary>Clusters as plain data: node n is "NODEn..." at 10.0.0.n, slot n holds it.</summary>
internal static class States
{
    internal const long Now = 500;

    internal static string Id(int node) => $"NODE{node}XXXX";

    internal static ServerAddress Address(int node) => new($"10.0.0.{node}", 8046);

    internal static VoteSlot Slot(int number, int? holder) => new($"{number}", holder is { } node ? Id(node) : "", 10 + number);

    internal static NodeEntry Entry(int node) =>
        new(Id(node)) { Address = Address(node).ToString(), HostName = $"host{node}", Version = "0.1.0" };

    internal static StatusReport Report(int node, int leader, params int[] voters) => new()
    {
        Node = Id(node),
        Address = Address(node).ToString(),
        Hostname = $"host{node}",
        Version = "0.1.0",
        UptimeMs = 65_000,
        ClusterName = "local",
        ClusterId = "c1",
        Journal = "sqlite",
        Joined = true,
        Leader = leader == 0 ? "" : Id(leader),
        BallotRound = 3,
        Voters = { voters.Select(Id) },
        Votes = voters.Contains(node),
        AppliedSlot = 900,
        AcceptedSlot = 901,
        Revision = Now,
        OldestRevision = 1,
        Files = 20,
        Bytes = 3000,
    };

    internal static NodeAnswer Answers(StatusReport report)
    {
        Assert.True(ServerAddress.TryParse(report.Address, out ServerAddress address));
        return new NodeAnswer(address, report, "");
    }

    internal static NodeAnswer Silent(int node, string reason = "connection refused") => new(Address(node), null, reason);

    /// <summary>Nodes 1 to 3 vote and 1 leads; those named are silent. Node 4 follows, unless there is none.</summary>
    internal static ClusterState Of(int[]? silent = null, bool four = false, int leader = 1, Action<StatusReport>? change = null)
    {
        int[] all = four ? [1, 2, 3, 4] : [1, 2, 3];
        var answers = new List<NodeAnswer>();
        foreach (int node in all)
        {
            StatusReport report = Report(node, leader, 1, 2, 3);
            change?.Invoke(report);
            answers.Add(silent?.Contains(node) == true ? Silent(node) : Answers(report));
        }

        var control = new ControlFiles(Now, [.. new[] { 1, 2, 3 }.Select(node => Slot(node - 1, node))], [.. all.Select(Entry)]);
        return ClusterState.From(control, answers, Now);
    }
}
