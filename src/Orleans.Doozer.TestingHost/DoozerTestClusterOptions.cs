namespace Orleans.Doozer.TestingHost;

/// <summary>Settings of a <see cref="DoozerTestCluster"/>.</summary>
public sealed class DoozerTestClusterOptions
{
    /// <summary>Whether the nodes keep their data in directories below a temporary one, which is deleted with the cluster.
    /// Without it a node that stops is gone for ever, and its vote with it. Default false: in memory.</summary>
    public bool OnDisk { get; set; }

    /// <summary>Settings of every node, called after the cluster's own; the number is the node's, from 0.</summary>
    public Action<int, DoozerOptions>? ConfigureNode { get; set; }

    /// <summary>More for every silo, for example grains' storage or logging.</summary>
    public Action<ISiloBuilder>? ConfigureSilo { get; set; }

    /// <summary>More for the Orleans client.</summary>
    public Action<IClientBuilder>? ConfigureClient { get; set; }

    /// <summary>Settings of <see cref="DoozerTestCluster.Client"/>.</summary>
    public Action<DoozerClientOptions>? ConfigureDoozerClient { get; set; }

    /// <summary>How long a start may take before it fails and says what is missing. Default 30 s.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
