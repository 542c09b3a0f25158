using Orleans.Doozer.Clustering;

namespace Orleans.Hosting;

/// <summary>How a silo takes part in the membership register.</summary>
public sealed class DoozerClusteringOptions : RegisterNodeOptions
{
    /// <summary>How the table treats silos that were killed.</summary>
    public DoozerTableOptions Table { get; } = new();
}

/// <summary>Where an Orleans client finds the membership register.</summary>
public sealed class DoozerClientClusteringOptions
{
    /// <summary>Register listeners: <c>doozer:?ca=host:port&amp;ca=host:port</c>.</summary>
    public string Uri { get; set; } = "";

    /// <summary>The cluster's name, as on its silos.</summary>
    public string ClusterName { get; set; } = "local";
}
