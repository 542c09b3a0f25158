using Orleans.Concurrency;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Diagnostics;
using Orleans.Doozer.Runtime.Front;

namespace Orleans.Doozer.Runtime.Grains;

/// <summary>
/// A node's replica of a store: proposes, learns the decided log, applies it. Its state belongs to the silo, not to the activation.
/// Key: <c>store/node</c>; it lives on that node and nowhere else.
/// </summary>
[Alias("doozer.IKeyStoreGrain")]
public interface IKeyStoreGrain : IGrainWithStringKey
{
    /// <summary>The leader speaks.</summary>
    [Alias("Heartbeat"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<Message> Heartbeat(Envelope envelope, Heartbeat heartbeat);

    /// <summary>The leader asks how far this replica is, durably.</summary>
    [Alias("Applied"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<Message> Applied(Envelope envelope, AppliedQuery query);

    /// <summary>A would-be candidate asks.</summary>
    [Alias("PreVote"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<Message> PreVote(Envelope envelope, PreVote preVote);

    /// <summary>A replica asks for decided slots.</summary>
    [Alias("Fetch"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<Message> Fetch(Envelope envelope, Fetch fetch);

    /// <summary>A front door hands commands to the leader; answered when each is applied or given up.</summary>
    [Alias("Propose"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<ProposeReply> Propose(Envelope envelope, ProposeRequest request);

    /// <summary>A joining replica copies the base snapshot, chunk after chunk from 0.</summary>
    [Alias("FetchSnapshot"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    Task<SnapshotChunk> FetchSnapshot(Envelope envelope, int chunk);

    /// <summary>Another node's web view asks how this node stands.</summary>
    [Alias("Status"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<NodeStatus> Status(Envelope envelope);

    /// <summary>Another node's web view looks at the protocol at work.</summary>
    [Alias("Protocol"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<ProtocolPage> Protocol(Envelope envelope, long after, int limit);
}
