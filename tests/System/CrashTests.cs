namespace Orleans.Doozer.SystemTests;

/// <summary>kill -9 under load: nothing acknowledged is lost, no read is stale.</summary>
[Collection("system")]
public sealed class CrashTests
{
    [Fact]
    public async Task ThreeNodes_FollowerThenLeaderKilledAndRestartedUnderLoad_LoseNothingAndServeNothingStale()
    {
        await using var cluster = await DoozerdCluster.StartAsync();
        await using var load = new CrashLoad([.. cluster.Nodes.Select(node => node.Port)]);
        load.Start(writersPerNode: 4);
        await load.WaitForWritesAsync(200);

        var leader = cluster.FindLeader();
        await KillAndRestartAsync(cluster, load, (leader + 1) % 3);
        await KillAndRestartAsync(cluster, load, cluster.FindLeader());
        await load.StopAsync();

        Assert.True(load.Reads > 100, $"only {load.Reads} reads were answered");
        Assert.Empty(load.Stale);
        await RequireAllAsync(cluster, load);
    }

    [Fact]
    public async Task ThreeNodes_AllKilledAtOnceAndRestarted_LoseNothing()
    {
        await using var cluster = await DoozerdCluster.StartAsync();
        await using var load = new CrashLoad([.. cluster.Nodes.Select(node => node.Port)]);
        load.Start(writersPerNode: 4);
        await load.WaitForWritesAsync(500);

        await Task.WhenAll(cluster.Nodes.Select(node => node.KillAsync()));
        foreach (var node in cluster.Nodes.AsEnumerable().Reverse())
        {
            node.Start();
        }

        await Task.WhenAll(cluster.Nodes.Select(node => node.WaitAsync()));
        await load.WaitForWritesAsync(100);
        await load.StopAsync();

        Assert.Empty(load.Stale);
        await RequireAllAsync(cluster, load);
    }

    private static async Task KillAndRestartAsync(DoozerdCluster cluster, CrashLoad load, int node)
    {
        await cluster.Nodes[node].KillAsync();
        await load.WaitForWritesAsync(200);
        cluster.Nodes[node].Start();
        await cluster.Nodes[node].WaitAsync();
        await load.WaitForWritesAsync(200);
    }

    /// <summary>Every acknowledged write is at every node, with its value and revision.</summary>
    private static async Task RequireAllAsync(DoozerdCluster cluster, CrashLoad load)
    {
        Assert.NotEmpty(load.Acknowledged);
        foreach (var node in cluster.Nodes)
        {
            using var client = new NodeClient(node.Port);
            foreach (var (path, written) in load.Acknowledged)
            {
                Assert.Equal((written.Value, written.Revision), await client.GetAsync(path));
            }
        }
    }
}
