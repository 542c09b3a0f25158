using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Front;

namespace Orleans.Doozer.Runtime.Diagnostics;

/// <summary>What happened in the protocol: the messages of Consensus/Messages.cs, and what followed from them.</summary>
public enum ProtocolKind
{
    /// <summary>Would you elect me?</summary>
    PreVote,

    /// <summary>Its answer.</summary>
    PreVoteReply,

    /// <summary>Phase 1.</summary>
    Prepare,

    /// <summary>Its answer, durable.</summary>
    Promise,

    /// <summary>Phase 2.</summary>
    Accept,

    /// <summary>Its answer, durable.</summary>
    Accepted,

    /// <summary>A ballot was turned down for a higher one.</summary>
    Rejected,

    /// <summary>The slot lies below the acceptor's snapshot.</summary>
    AlreadyDecided,

    /// <summary>A replica asks for decided slots.</summary>
    Fetch,

    /// <summary>Its answer.</summary>
    Fetched,

    /// <summary>Slots were decided and applied here.</summary>
    Decided,

    /// <summary>Another leader or ballot, or none.</summary>
    Leader,

    /// <summary>Other voters.</summary>
    Voters,

    /// <summary>The leader speaks; counted only.</summary>
    Heartbeat,

    /// <summary>Its answer; counted only.</summary>
    HeartbeatReply,

    /// <summary>A reader asks; counted only.</summary>
    HighestAcceptedQuery,

    /// <summary>Its answer; counted only.</summary>
    HighestAccepted,

    /// <summary>The leader asks how far the voters to come are; counted only.</summary>
    AppliedQuery,

    /// <summary>Its answer; counted only.</summary>
    AppliedReply,
}

/// <summary>One event at one node. What does not belong to its kind is left at its default.</summary>
[GenerateSerializer, Immutable, Alias("doozer.ProtocolEvent")]
public sealed record ProtocolEvent
{
    /// <summary>Counts the node's events, from 1 at each start.</summary>
    [Id(0)]
    public long Number { get; init; }

    /// <summary>When, by the node's clock.</summary>
    [Id(1)]
    public DateTimeOffset At { get; init; }

    /// <summary>What.</summary>
    [Id(2)]
    public ProtocolKind Kind { get; init; }

    /// <summary>Whether it came from <see cref="Peer"/>, true, or went to it, false; null for what is no message.</summary>
    [Id(3)]
    public bool? IsIncoming { get; init; }

    /// <summary>The other side; it may be the node itself. For <see cref="ProtocolKind.Leader"/> who leads.</summary>
    [Id(4)]
    public NodeId Peer { get; init; }

    /// <summary>The ballot.</summary>
    [Id(5)]
    public Ballot Ballot { get; init; }

    /// <summary>The slot.</summary>
    [Id(6)]
    public Slot Slot { get; init; }

    /// <summary>The higher ballot of a rejection.</summary>
    [Id(7)]
    public Ballot Promised { get; init; }

    /// <summary>Bytes of the batch of an Accept.</summary>
    [Id(8)]
    public int? Bytes { get; init; }

    /// <summary>How many entries a Promise or Fetched holds.</summary>
    [Id(9)]
    public int? Entries { get; init; }

    /// <summary>Whether a pre-vote was granted.</summary>
    [Id(10)]
    public bool? IsGranted { get; init; }

    /// <summary>The voters.</summary>
    [Id(11)]
    public IReadOnlyList<NodeId>? Voters { get; init; }
}

/// <summary>What a node tells of its protocol.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="Counts">How often each <see cref="ProtocolKind"/> happened since the node began to look, by the kind's number.</param>
/// <param name="Events">The newest events after the number that was asked for, in order. Those that did not fit are older.</param>
/// <param name="Last">The number of the last event so far.</param>
[GenerateSerializer, Immutable, Alias("doozer.ProtocolPage")]
public sealed record ProtocolPage(
    [property: Id(0)] NodeStatus Status,
    [property: Id(1)] long[] Counts,
    [property: Id(2)] ProtocolEvent[] Events,
    [property: Id(3)] long Last);
