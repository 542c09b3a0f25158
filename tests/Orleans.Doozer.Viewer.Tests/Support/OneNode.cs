using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Viewer.Tests.Support;

/// <summary>A cluster of one node, shared by the tests that do no harm to it; each has files of its own.</summary>
public sealed class OneNode : IAsyncLifetime
{
    private DoozerTestCluster? _cluster;
    private int _used;

    public DoozerTestCluster Cluster => _cluster!;

    public DoozerTestNode Node => Cluster.Node(0);

    /// <summary>A directory that no other test uses.</summary>
    public string NewDirectory() => $"/t{Interlocked.Increment(ref _used)}";

    public async Task InitializeAsync() => _cluster = await DoozerTestCluster.StartAsync(
        1, options => options.ConfigureNode = (_, node) => node.Pulse = TimeSpan.Zero);

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}

[CollectionDefinition(nameof(OneNode))]
public sealed class OneNodeGroup : ICollectionFixture<OneNode>;
