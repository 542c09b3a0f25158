using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>
/// How a node stands in one store, by its own word alone: it is told without asking anybody, so also when there is no quorum. What
/// the others say may differ; whoever wants the cluster's state asks every node.
/// </summary>
[GenerateSerializer, Immutable, Alias("doozer.NodeStatus")]
public sealed record NodeStatus
{
    /// <summary>The node.</summary>
    [Id(0)]
    public required NodeId Node { get; init; }

    /// <summary>The store's name.</summary>
    [Id(1)]
    public required string Store { get; init; }

    /// <summary>The address under which the node is known to clients.</summary>
    [Id(2)]
    public required string Address { get; init; }

    /// <summary>The machine's name.</summary>
    [Id(3)]
    public required string HostName { get; init; }

    /// <summary>The program's version.</summary>
    [Id(4)]
    public required string Version { get; init; }

    /// <summary>Since when the node's silo runs; a silo that was declared dead and restarted inside its process begins anew.</summary>
    [Id(5)]
    public required TimeSpan Uptime { get; init; }

    /// <summary>The cluster's name.</summary>
    [Id(6)]
    public required string ClusterName { get; init; }

    /// <summary>The cluster; empty until the node has created or joined one.</summary>
    [Id(7)]
    public required string ClusterId { get; init; }

    /// <summary>What the node keeps its votes in: <c>sqlite</c>, or <c>memory</c> when it keeps nothing.</summary>
    [Id(8)]
    public required string Journal { get; init; }

    /// <summary>Whether the node knows the voters and has a state. Until then everything below is empty.</summary>
    [Id(9)]
    public required bool HasJoined { get; init; }

    /// <summary>Who leads, as far as this node knows; none when nobody is known to.</summary>
    [Id(10)]
    public required NodeId Leader { get; init; }

    /// <summary>The round of the leader's ballot, or of the highest ballot seen.</summary>
    [Id(11)]
    public required long BallotRound { get; init; }

    /// <summary>The voters of the next slot.</summary>
    [Id(12)]
    public required IReadOnlyList<NodeId> Voters { get; init; }

    /// <summary>Whether this node is one of them.</summary>
    [Id(13)]
    public required bool IsVoter { get; init; }

    /// <summary>Whether this node lacks decided slots that it knows of.</summary>
    [Id(14)]
    public required bool IsBehind { get; init; }

    /// <summary>The last slot that was applied here.</summary>
    [Id(15)]
    public required Slot Applied { get; init; }

    /// <summary>The highest slot in which this node's acceptor holds a batch, decided or not.</summary>
    [Id(16)]
    public required Slot Accepted { get; init; }

    /// <summary>The newest revision here.</summary>
    [Id(17)]
    public required Revision Revision { get; init; }

    /// <summary>The oldest revision whose changes are kept.</summary>
    [Id(18)]
    public required Revision OldestRevision { get; init; }

    /// <summary>How many files there are.</summary>
    [Id(19)]
    public required long Files { get; init; }

    /// <summary>The bytes of all paths and values.</summary>
    [Id(20)]
    public required long Bytes { get; init; }

    /// <summary>The leader's ballot, or the highest ballot seen.</summary>
    [Id(21)]
    public Ballot Ballot { get; init; }

    /// <summary>The ballot below which this node's acceptor refuses everything.</summary>
    [Id(22)]
    public Ballot Promised { get; init; }

    /// <summary>The highest slot that this node knows to be decided; applied here or not.</summary>
    [Id(23)]
    public Slot Decided { get; init; }

    /// <summary>The bytes of the data directory; null when there is none, or it was not looked at.</summary>
    [Id(24)]
    public long? DataBytes { get; init; }

    /// <summary>The bytes that are free on its disk; null likewise.</summary>
    [Id(25)]
    public long? FreeBytes { get; init; }
}
