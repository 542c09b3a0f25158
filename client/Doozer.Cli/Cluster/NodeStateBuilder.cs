using Doozer.Cli.Wire;

namespace Doozer.Cli.Cluster;

/// <summary>Judges each node by what the store knows of it and by what its address answered.</summary>
internal sealed class NodeStateBuilder(
    IReadOnlyCollection<string> voters, string leader, long reference, IReadOnlyList<NodeAnswer> answers)
{
    internal NodeState Build(string id, NodeEntry? entry, NodeAnswer? answer)
    {
        bool votes = voters.Contains(id);
        string address = entry is { Address.Length: > 0 } ? entry.Address : answer?.Report?.Address ?? "";
        var node = new NodeState(id, address) { Entry = entry, Report = answer?.Report, Votes = votes };
        if (answer?.Report is not { } report)
        {
            return node with
            {
                Role = RoleOf(id, votes, isGone: !votes, entry),
                Health = votes ? NodeHealth.Unreachable : NodeHealth.Gone,
                Reason = DescribeSilence(address),
            };
        }

        long lag = Math.Max(0, reference - report.Revision);
        return node with
        {
            Role = RoleOf(id, votes, isGone: false, entry),
            Health = !report.Joined ? NodeHealth.Joining : lag > 0 ? NodeHealth.Behind : NodeHealth.Healthy,
            Lag = lag,
        };
    }

    /// <summary>Addresses that the user named and where no known node is.</summary>
    internal IEnumerable<NodeState> BuildStrangers(IReadOnlyList<NodeState> known) =>
        from answer in answers
        where answer.Report is null && !known.Any(node => node.IsAt(answer.Address))
        select new NodeState("", answer.Address.ToString())
        {
            Role = NodeRole.None,
            Health = NodeHealth.Gone,
            Reason = answer.Reason,
        };

    private NodeRole RoleOf(string id, bool votes, bool isGone, NodeEntry? entry) =>
        id == leader ? NodeRole.Leader
        : votes ? NodeRole.Voter
        : isGone ? NodeRole.None
        : entry?.IsStandby == true ? NodeRole.Standby
        : NodeRole.Follower;

    private string DescribeSilence(string address)
    {
        if (address.Length == 0)
        {
            return "it never told its address";
        }

        if (!ServerAddress.TryParse(address, out ServerAddress parsed))
        {
            return $"its address \"{address}\" is none";
        }

        NodeAnswer? answer = answers.FirstOrDefault(answer => answer.Address == parsed);
        return answer?.Report is { } other ? $"its address is node {other.Node}'s now" : answer?.Reason ?? "it was not asked";
    }
}
