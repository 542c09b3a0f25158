using Microsoft.Extensions.Logging;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Diagnostics;
using Orleans.Doozer.Runtime.Journal;
using Orleans.Doozer.Runtime.Placement;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>What a store's host and its helpers need from the node.</summary>
internal sealed class StoreHostServices(
    NodeIdentity identity, IGrainFactory grains, NodeLocator locator, IJournal journal, DoozerOptions options, TimeProvider time,
    ILogger logger, DoozerMetrics metrics, ulong seed, Action<Exception> onFault)
{
    public NodeId Self => identity.Self;

    /// <summary>The cluster; null until the node has created or joined one.</summary>
    public string? ClusterId => identity.ClusterId;

    public NodeIdentity Identity => identity;

    public IGrainFactory Grains => grains;

    /// <summary>Where the nodes are.</summary>
    public NodeLocator Locator => locator;

    public IJournal Journal => journal;

    public DoozerOptions Options => options;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public DoozerMetrics Metrics => metrics;

    public ulong Seed => seed;

    public Action<Exception> OnFault => onFault;
}
