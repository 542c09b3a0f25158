using Orleans.Doozer.Clustering;

namespace Orleans.Hosting;

/// <summary>How a silo takes part in the membership register.</summary>
public sealed class DoozerClusteringOptions : RegisterNodeOptions
{
    /// <summary>
    /// How many silos keep the register: 1, 3 or 5. A silo that starts adds itself while there are fewer, and takes the place of one
    /// that has been dead for <see cref="ReplaceAfter"/>. A cluster of two silos is better off with 1: of two acceptors both are needed.
    /// </summary>
    public int Acceptors { get; set; } = 3;

    /// <summary>How long a silo that keeps the register must have been dead before another takes its place. Default 1 min.</summary>
    public TimeSpan ReplaceAfter { get; set; } = TimeSpan.FromMinutes(1);

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
