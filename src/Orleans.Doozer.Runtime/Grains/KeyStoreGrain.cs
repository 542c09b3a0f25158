using Orleans.Concurrency;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Diagnostics;
using Orleans.Doozer.Runtime.Front;
using Orleans.Doozer.Runtime.Placement;
using Orleans.Doozer.Runtime.Stores;
using Orleans.GrainDirectory;

namespace Orleans.Doozer.Runtime.Grains;

/// <summary>A door to the replica that the silo owns.</summary>
[AcceptorQuorumPlacement, GrainDirectory(NodeGrainDirectory.Name), KeepAlive, Orleans.Placement.Immovable, Reentrant]
internal sealed class KeyStoreGrain(StoreHosts stores) : NodeGrain(stores), IKeyStoreGrain
{
    public Task<Message> Heartbeat(Envelope envelope, Heartbeat heartbeat) => Host.ReceiveAsync(Checked(envelope), heartbeat);

    public Task<Message> Applied(Envelope envelope, AppliedQuery query) => Host.ReceiveAsync(Checked(envelope), query);

    public Task<Message> PreVote(Envelope envelope, PreVote preVote) => Host.ReceiveAsync(Checked(envelope), preVote);

    public Task<Message> Fetch(Envelope envelope, Fetch fetch) => Host.ReceiveAsync(CheckedOrJoining(envelope), fetch);

    public Task<ProposeReply> Propose(Envelope envelope, ProposeRequest request)
    {
        Checked(envelope);
        return Host.ProposeAsync(request);
    }

    public Task<SnapshotChunk> FetchSnapshot(Envelope envelope, int chunk) =>
        Host.Snapshots.ReadChunkAsync(CheckedOrJoining(envelope), chunk);

    public Task<NodeStatus> Status(Envelope envelope)
    {
        CheckedOrJoining(envelope);
        return Task.FromResult(Stores.GetInspector(Host.Store).ReadStatus());
    }

    public Task<ProtocolPage> Protocol(Envelope envelope, long after, int limit)
    {
        CheckedOrJoining(envelope);
        return Task.FromResult(Stores.GetInspector(Host.Store).ReadProtocol(after, limit));
    }
}
