using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Front;

namespace Orleans.Doozer.Runtime.Diagnostics;

/// <summary>
/// Looks at one store on all its nodes, from this one: for people, never for decisions. Each node is asked for its own word.
/// </summary>
public interface IStoreInspector
{
    /// <summary>This node.</summary>
    NodeId Self { get; }

    /// <summary>The nodes there are: those that wrote about themselves below <c>/ctl/node</c>, and those whose silos are active.
    /// </summary>
    IReadOnlyList<NodeId> Nodes { get; }

    /// <summary>Whether a node's silo is in the cluster now, as far as is known here.</summary>
    bool IsActive(NodeId node);

    /// <summary>Asks a node how it stands, its disk included.</summary>
    /// <exception cref="DoozerException">It cannot be asked now.</exception>
    Task<NodeStatus> AskStatusAsync(NodeId node, CancellationToken cancellationToken);

    /// <summary>Asks a node for its protocol's events after a number. The node keeps them from the first call on, and as long as it is
    /// asked at least every 5 s.</summary>
    /// <exception cref="DoozerException">It cannot be asked now.</exception>
    Task<ProtocolPage> AskProtocolAsync(NodeId node, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Completes when the store's loop on this node has taken up something new: it still runs.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}

/// <summary>The inspectors of the stores on this node.</summary>
public interface IStoreInspectors
{
    /// <summary>That of a store.</summary>
    /// <exception cref="DoozerException">There is no such store here.</exception>
    IStoreInspector Inspect(string store);
}
