using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>
/// How a node stands in one store, by its own word alone: it is told without asking anybody, so also when there is no quorum. What
/// the others say may differ; whoever wants the cluster's state asks every node.
/// </summary>
public sealed record NodeStatus
{
    /// <summary>The node.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The store's name.</summary>
    public required string Store { get; init; }

    /// <summary>The address under which the node is known to clients.</summary>
    public required string Address { get; init; }

    /// <summary>The machine's name.</summary>
    public required string HostName { get; init; }

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>Since when the node's silo runs; a silo that was declared dead and restarted inside its process begins anew.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>The cluster's name.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The cluster; empty until the node has created or joined one.</summary>
    public required string ClusterId { get; init; }

    /// <summary>What the node keeps its votes in: <c>sqlite</c>, or <c>memory</c> when it keeps nothing.</summary>
    public required string Journal { get; init; }

    /// <summary>Whether the node knows the voters and has a state. Until then everything below is empty.</summary>
    public required bool HasJoined { get; init; }

    /// <summary>Who leads, as far as this node knows; none when nobody is known to.</summary>
    public required NodeId Leader { get; init; }

    /// <summary>The round of the leader's ballot, or of the highest ballot seen.</summary>
    public required long BallotRound { get; init; }

    /// <summary>The voters of the next slot.</summary>
    public required IReadOnlyList<NodeId> Voters { get; init; }

    /// <summary>Whether this node is one of them.</summary>
    public required bool IsVoter { get; init; }

    /// <summary>Whether this node lacks decided slots that it knows of.</summary>
    public required bool IsBehind { get; init; }

    /// <summary>The last slot that was applied here.</summary>
    public required Slot Applied { get; init; }

    /// <summary>The highest slot in which this node's acceptor holds a batch, decided or not.</summary>
    public required Slot Accepted { get; init; }

    /// <summary>The newest revision here.</summary>
    public required Revision Revision { get; init; }

    /// <summary>The oldest revision whose changes are kept.</summary>
    public required Revision OldestRevision { get; init; }

    /// <summary>How many files there are.</summary>
    public required long Files { get; init; }

    /// <summary>The bytes of all paths and values.</summary>
    public required long Bytes { get; init; }
}
