using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Cluster;

/// <summary>The whole cluster as it was found: every known node, who votes, who leads, and whether it can decide.</summary>
internal sealed class ClusterState
{
    private readonly IdPrefixes prefixes;

    private ClusterState(ControlFiles control, StatusReport? newest, IReadOnlyList<NodeState> nodes, string leader)
    {
        Name = newest?.ClusterName ?? "";
        ClusterId = newest?.ClusterId ?? "";
        Revision = newest?.Revision ?? 0;
        SlotsRevision = control.Revision;
        Slots = control.Slots;
        Voters = [.. newest?.Voters ?? []];
        RegisterKeepers = [.. (nodes.FirstOrDefault(node => node.Id == leader)?.Report ?? newest)?.Register ?? []];
        Nodes = nodes;
        Leader = leader;
        prefixes = new IdPrefixes(nodes.Select(node => node.Id).Where(id => id.Length > 0));
    }

    internal string Name { get; }

    internal string ClusterId { get; }

    /// <summary>The newest revision that any node told.</summary>
    internal long Revision { get; }

    /// <summary>The CAL slots: who will vote once the change is in force.</summary>
    internal IReadOnlyList<VoteSlot> Slots { get; }

    /// <summary>The revision as of which the slots were read.</summary>
    internal long SlotsRevision { get; }

    /// <summary>Who votes on the next slot of the log.</summary>
    internal IReadOnlyList<string> Voters { get; }

    /// <summary>Who keeps the membership register, by the word of the leader, which makes the voters keep it. None where the silos have another membership table.</summary>
    internal IReadOnlyList<string> RegisterKeepers { get; }

    /// <summary>Voters first, in the order of their slots; then those that follow, then those that are gone.</summary>
    internal IReadOnlyList<NodeState> Nodes { get; }

    /// <summary>Who leads, by the word of the node with the highest ballot; empty when none knows a leader.</summary>
    internal string Leader { get; }

    /// <summary>Whether that node says so itself: others may still believe in one that has just died.</summary>
    internal bool LeaderAnswers => Leader.Length > 0 && Find(Leader)?.Report?.Leader == Leader;

    internal int Quorum => (Voters.Count / 2) + 1;

    internal int VotersReachable => Voters.Count(IsReachable);

    internal bool HasQuorum => Voters.Count > 0 && VotersReachable >= Quorum;

    /// <summary>The store can take writes.</summary>
    internal bool IsHealthy => HasQuorum && LeaderAnswers;

    /// <summary>One line about all of it.</summary>
    internal string Summary
    {
        get
        {
            string voters = $"{VotersReachable} of {Voters.Count} voters reachable";
            return Voters.Count == 0 ? "NO QUORUM: no voters are known; no node that answers has joined a cluster"
                : !HasQuorum ? $"NO QUORUM: {voters}"
                : Leader.Length == 0 ? $"NO LEADER: {voters}, none knows a leader"
                : !LeaderAnswers ? $"NO LEADER: {voters}, but not the leader they know, {Short(Leader)}"
                : $"{voters}, leader {Short(Leader)}, quorum ok{Register}";
        }
    }

    // A voter that fails before the register is kept by all of them could take it along.
    private string Register => RegisterKeepers.Count == 0 || RegisterKeepers.ToHashSet().SetEquals(Voters) ? ""
        : $", but the membership register is still kept by {string.Join(' ', RegisterKeepers.Select(Short))}; wait before stopping a node";

    /// <summary>Puts together what the nodes said.</summary>
    /// <param name="control">What the store says about its members.</param>
    /// <param name="answers">The nodes' own words; one per address that was asked.</param>
    /// <param name="reference">The newest revision that any node had before these answers were asked for.</param>
    internal static ClusterState From(ControlFiles control, IReadOnlyList<NodeAnswer> answers, long reference)
    {
        var reports = new Dictionary<string, NodeAnswer>(StringComparer.Ordinal);
        foreach (NodeAnswer answer in answers.Where(answer => answer.Report is not null))
        {
            reports.TryAdd(answer.Report!.Node, answer);
        }

        List<StatusReport> joined = [.. reports.Values.Select(answer => answer.Report!).Where(report => report.Joined)];
        StatusReport? newest = joined.MaxBy(report => report.AppliedSlot);
        string leader = joined.Where(report => report.Leader.Length > 0).MaxBy(report => report.BallotRound)?.Leader ?? "";
        string[] voters = [.. newest?.Voters ?? []];
        var builder = new NodeStateBuilder(voters, leader, reference, answers);
        var entries = control.Nodes.ToDictionary(node => node.Id, StringComparer.Ordinal);
        List<NodeState> nodes =
        [
            .. entries.Keys.Concat(voters).Concat(reports.Keys).Distinct()
                .Select(id => builder.Build(id, entries.GetValueOrDefault(id), reports.GetValueOrDefault(id))),
        ];
        nodes.AddRange([.. builder.BuildStrangers(nodes)]);
        IEnumerable<NodeState> ordered = nodes
            .OrderBy(node => RankOf(node, control.Slots)).ThenBy(node => node.Id, StringComparer.Ordinal);
        return new ClusterState(control, newest, [.. ordered], leader);
    }

    internal NodeState? Find(string id) => Nodes.FirstOrDefault(node => node.Id == id);

    internal bool IsReachable(string id) => Find(id)?.IsReachable == true;

    /// <summary>So much of an id that no other node's begins with it.</summary>
    internal string Short(string id) => prefixes.Of(id);

    private static int RankOf(NodeState node, IReadOnlyList<VoteSlot> slots)
    {
        int slot = slots.TakeWhile(slot => slot.Holder != node.Id).Count();
        return node.Votes ? slot
            : node.Health == NodeHealth.Gone ? slots.Count + 2
            : slots.Count + 1;
    }
}
