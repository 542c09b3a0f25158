using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Front;

namespace Orleans.Doozer.Runtime;

/// <summary>
/// One store on this node, as its doors use it: the front door grain, the directory grains and the TCP gateway. Refusals of writes
/// and watches are values; reads throw the <see cref="DoozerException"/> family.
/// </summary>
public interface IStoreNode
{
    /// <summary>The store's name.</summary>
    string Store { get; }

    /// <summary>This node.</summary>
    NodeId Self { get; }

    /// <summary>Who leads, as far as this node knows; none when nobody is known to.</summary>
    NodeId Leader { get; }

    /// <summary>Whether this node follows the store: it knows the voters and has a state. False until it has joined.</summary>
    bool HasJoined { get; }

    /// <summary>The newest applied state. Immutable: any thread may read it without a lock.</summary>
    StoreView Current { get; }

    /// <summary>How this node stands, by its own word: asks nobody, so it is told without a quorum and before the node has joined.
    /// </summary>
    NodeStatus Status { get; }

    /// <summary>A state as current as asked. A linearizable read costs a round to a majority, shared by all who wait.</summary>
    /// <exception cref="DoozerTooLateException">The revision is older than the kept history.</exception>
    /// <exception cref="DoozerUnavailableException">No majority answered in time.</exception>
    Task<StoreView> ReadAsync(DoozerRead read, CancellationToken cancellationToken);

    /// <summary>A new id for a write that begins at this node.</summary>
    RequestId NewRequestId();

    /// <summary>Carries out a write at whatever node leads; retries with the same id until it is known what became of it, or until the
    /// time allowed for requests has passed.</summary>
    Task<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken);

    /// <summary>The next matching changes; waits up to <see cref="WatchRequest.MaxWait"/>.</summary>
    Task<WatchReply> WatchAsync(WatchRequest request, CancellationToken cancellationToken);
}

/// <summary>The stores on this node.</summary>
public interface IStoreNodes
{
    /// <summary>The node's identity.</summary>
    NodeId Self { get; }

    /// <summary>The store of a name.</summary>
    /// <exception cref="DoozerException">There is no such store here.</exception>
    IStoreNode Get(string store);
}
