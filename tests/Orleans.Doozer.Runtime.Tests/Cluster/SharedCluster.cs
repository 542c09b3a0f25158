using System.Text;
using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Runtime.Tests.Cluster;

/// <summary>Three nodes in memory for all tests that leave them running. Nothing writes by itself, so revisions can be
/// predicted.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private int _names;

    public DoozerTestCluster Cluster { get; private set; } = null!;

    public IDoozer Client => Cluster.Client;

    /// <summary>A directory that no other test uses.</summary>
    public string NewDirectory() => $"/test-{Interlocked.Increment(ref _names)}";

    public async Task InitializeAsync()
    {
        Cluster = await DoozerTestCluster.StartAsync(
            nodes: 3, options => options.ConfigureNode = (_, node) => node.Pulse = TimeSpan.Zero);

        // The nodes write about themselves once, also after they vote.
        await Cluster.UntilAsync(
            () => Cluster.Nodes.All(node => node.Store.Current.Get($"/ctl/ns/local/{node.Id}").Revision.IsFile
                && Cluster.Nodes.All(other => other.Store.Current.Revision == node.Store.Current.Revision)),
            "the nodes have not all registered");
    }

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusterTests : ICollectionFixture<SharedCluster>
{
    public const string Name = "cluster";
}

internal static class Bytes
{
    public static ReadOnlyMemory<byte> Of(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(this DoozerEntry? entry) => Encoding.UTF8.GetString(entry!.Value.Span);

    public static string Text(this DoozerEvent change) => Encoding.UTF8.GetString(change.Value.Span);
}
