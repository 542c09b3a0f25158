using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Grains;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>
/// Carries a replica's messages to the grains of other nodes and the answers back to the mailbox. A call that fails or times out is a
/// lost message: the protocol sends again what it still needs. It is used by the store's loop only.
/// </summary>
internal sealed class PeerSender(StoreHost host, StoreHostServices services)
{
    private const int OutstandingCalls = 256;
    private readonly Dictionary<NodeId, Peer> _peers = [];
    private readonly List<Peer> _touched = [];

    /// <summary>Takes a message; it leaves with <see cref="Flush"/>.</summary>
    public void Add(Outgoing outgoing)
    {
        if (!_peers.TryGetValue(outgoing.To, out var peer))
        {
            peer = new Peer(outgoing.To, services.Grains, host.Store);
            _peers.Add(outgoing.To, peer);
        }

        if (peer.Accepts.Count == 0 && peer.Others.Count == 0)
        {
            _touched.Add(peer);
        }

        if (outgoing.Message is Accept accept)
        {
            peer.Accepts.Add(accept);
        }
        else
        {
            peer.Others.Add(outgoing.Message);
        }
    }

    /// <summary>Sends what was added: all Accepts for a peer in one call.</summary>
    public void Flush()
    {
        var envelope = new Envelope(services.ClusterId, host.Self);
        foreach (var peer in _touched)
        {
            // A node that is down gets no calls: each would fail with an exception and a line in Orleans' log.
            if (services.Locator.Find(peer.Node.Value) is null)
            {
                peer.Accepts.Clear();
                peer.Others.Clear();
                continue;
            }

            if (peer.Accepts.Count > 0 && peer.Begin(OutstandingCalls))
            {
                _ = ReceiveAllAsync(peer, peer.Acceptor.Accept(envelope, [.. peer.Accepts]));
            }

            foreach (var message in peer.Others)
            {
                if (peer.Begin(OutstandingCalls))
                {
                    _ = ReceiveAsync(peer, Send(peer, envelope, message));
                }
            }

            peer.Accepts.Clear();
            peer.Others.Clear();
        }

        _touched.Clear();
    }

    private static Task<Message> Send(Peer peer, Envelope envelope, Message message) => message switch
    {
        Prepare prepare => peer.Acceptor.Prepare(envelope, prepare),
        HighestAcceptedQuery query => peer.Acceptor.HighestAccepted(envelope, query),
        Heartbeat heartbeat => peer.KeyStore.Heartbeat(envelope, heartbeat),
        AppliedQuery query => peer.KeyStore.Applied(envelope, query),
        PreVote preVote => peer.KeyStore.PreVote(envelope, preVote),
        Fetch fetch => peer.KeyStore.Fetch(envelope, fetch),
        _ => throw new InvalidOperationException($"{message.GetType().Name} is no request"),
    };

    private async Task ReceiveAsync(Peer peer, Task<Message> call)
    {
        try
        {
            host.Post(new ReplyInput(peer.Node, await call));
        }
        catch (Exception exception)
        {
            StoreLog.MessageLost(services.Logger, host.Store, peer.Node, exception.Message);
        }
        finally
        {
            peer.End();
        }
    }

    private async Task ReceiveAllAsync(Peer peer, Task<Message[]> call)
    {
        try
        {
            foreach (var reply in await call)
            {
                host.Post(new ReplyInput(peer.Node, reply));
            }
        }
        catch (Exception exception)
        {
            StoreLog.MessageLost(services.Logger, host.Store, peer.Node, exception.Message);
        }
        finally
        {
            peer.End();
        }
    }

    private sealed class Peer(NodeId node, IGrainFactory grains, string store)
    {
        private int _outstanding;

        public NodeId Node => node;

        public IAcceptorGrain Acceptor { get; } = grains.GetGrain<IAcceptorGrain>(NodeGrainKeys.Create(store, node.Value));

        public IKeyStoreGrain KeyStore { get; } = grains.GetGrain<IKeyStoreGrain>(NodeGrainKeys.Create(store, node.Value));

        public List<Accept> Accepts { get; } = [];

        public List<Message> Others { get; } = [];

        /// <summary>Whether another call may be under way: a peer that does not answer must not collect calls without end.</summary>
        public bool Begin(int limit)
        {
            if (Interlocked.Increment(ref _outstanding) <= limit)
            {
                return true;
            }

            Interlocked.Decrement(ref _outstanding);
            return false;
        }

        public void End() => Interlocked.Decrement(ref _outstanding);
    }
}
