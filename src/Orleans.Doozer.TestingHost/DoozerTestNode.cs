using Microsoft.Extensions.DependencyInjection;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime;
using Orleans.Doozer.Runtime.Stores;
using Orleans.TestingHost;

namespace Orleans.Doozer.TestingHost;

/// <summary>A node of a <see cref="DoozerTestCluster"/>, as long as it runs; after a restart there is another one.</summary>
public sealed class DoozerTestNode
{
    private readonly StoreHosts _stores;

    internal DoozerTestNode(int index, InProcessSiloHandle silo)
    {
        Index = index;
        Silo = silo;
        _stores = silo.ServiceProvider.GetRequiredService<StoreHosts>();
    }

    /// <summary>Its number in the cluster, from 0.</summary>
    public int Index { get; }

    /// <summary>Its identity.</summary>
    public NodeId Id => _stores.Self;

    /// <summary>The silo that it is.</summary>
    public InProcessSiloHandle Silo { get; }

    /// <summary>The silo's services.</summary>
    public IServiceProvider Services => Silo.ServiceProvider;

    /// <summary>The default store on this node.</summary>
    public IStoreNode Store => GetStore("default");

    /// <summary>Whether it leads the default store, as it believes itself.</summary>
    public bool IsLeader => Leader == Id;

    /// <summary>Whether it votes on the default store's next slot, as far as it knows.</summary>
    public bool IsVoter => _stores.GetHost("default").Status.IsVoter;

    /// <summary>Whom it takes for the leader of the default store; none when it knows nobody.</summary>
    public NodeId Leader => _stores.GetHost("default").Leader.Node;

    /// <summary>A store on this node.</summary>
    public IStoreNode GetStore(string store) => _stores.Get(store);

    internal string Describe() =>
        $"node {Index} ({Id}): "
        + (Store.HasJoined ? $"applied slot {Store.Current.Position}, revision {Store.Current.Revision}, " : "not joined, ")
        + $"{(IsVoter ? "votes" : "does not vote")}, leader {(Leader.IsNone ? "unknown" : Leader.Value)}";
}
