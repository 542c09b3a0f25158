namespace Orleans.Doozer.SystemTests;

/// <summary>Measures how long no write is acknowledged when the leader is killed.</summary>
internal static class Failover
{
    public static async Task RunAsync(int rounds)
    {
        await using var cluster = await DoozerdCluster.StartAsync();
        await using var load = new CrashLoad([.. cluster.Nodes.Select(node => node.Address)]);
        load.Start(writersPerNode: 4);
        var gaps = new List<double>();
        for (var round = 1; round <= rounds; round++)
        {
            await load.WaitForWritesAsync(1000);
            load.ResetGap();
            var leader = cluster.FindLeader();
            await cluster.Nodes[leader].KillAsync();
            await load.WaitForWritesAsync(1000);
            gaps.Add(load.LongestGap.TotalMilliseconds);
            Console.WriteLine($"round {round}: node {leader} killed, longest gap {gaps[^1]:0} ms");
            cluster.Nodes[leader].Start();
            await cluster.Nodes[leader].WaitAsync();
        }

        gaps.Sort();
        Console.WriteLine(
            $"median {gaps[gaps.Count / 2]:0} ms, worst {gaps[^1]:0} ms; {load.Acknowledged.Count} writes acknowledged, {load.Stale.Count} stale reads");
    }
}
