using Orleans.Doozer.Linearizability;
using Orleans.Doozer.SystemTests.Scripts;
using Xunit.Abstractions;

namespace Orleans.Doozer.SystemTests;

/// <summary>kill -9 under load: nothing acknowledged is lost, no read is stale.</summary>
[Collection("system")]
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int OperationsToJudge = 500;

    // Without it the clients have both processors to themselves while nodes start, and every file they wrote is read at every node.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(5);

    [Fact]
    public async Task ThreeNodes_FollowerThenLeaderKilledAndRestartedUnderLoad_LoseNothingAndServeNothingStale()
    {
        await using var cluster = await DoozerdCluster.StartAsync();
        await using var load = new CrashLoad([.. cluster.Nodes.Select(node => node.Address)], Rest);
        await using var registers = new RegisterLoad([.. cluster.Nodes.Select(node => node.Address)]);
        load.Start(writersPerNode: 4);
        registers.Start();
        await load.WaitForWritesAsync(200);

        var leader = cluster.FindLeader();
        await KillAndRestartAsync(cluster, load, (leader + 1) % 3);
        await KillAndRestartAsync(cluster, load, cluster.FindLeader());
        await registers.WaitForOperationsAsync(OperationsToJudge);
        await Wait.UntilAsync(() => Task.FromResult(load.Reads > 100), "more than 100 reads are answered");
        await load.StopAsync();
        await registers.StopAsync();

        Assert.Empty(load.Stale);
        RequireLinearizable(registers);
        await RequireAllAsync(cluster, load);
    }

    [Fact]
    public async Task ThreeNodes_AllKilledAtOnceAndRestarted_LoseNothing()
    {
        await using var cluster = await DoozerdCluster.StartAsync();
        await using var load = new CrashLoad([.. cluster.Nodes.Select(node => node.Address)], Rest);
        await using var registers = new RegisterLoad([.. cluster.Nodes.Select(node => node.Address)]);
        load.Start(writersPerNode: 4);
        registers.Start();
        await load.WaitForWritesAsync(500);
        await registers.WaitForOperationsAsync(OperationsToJudge / 2);

        await Task.WhenAll(cluster.Nodes.Select(node => node.KillAsync()));
        foreach (var node in cluster.Nodes.AsEnumerable().Reverse())
        {
            node.Start();
        }

        await Task.WhenAll(cluster.Nodes.Select(node => node.WaitAsync()));
        await load.WaitForWritesAsync(100);
        await registers.WaitForOperationsAsync(OperationsToJudge / 2);
        await load.StopAsync();
        await registers.StopAsync();

        Assert.Empty(load.Stale);
        RequireLinearizable(registers);
        await RequireAllAsync(cluster, load);
    }

    /// <summary>24 MiB, of which 16 stay in memory; a base snapshot would come after 64 and the history.</summary>
    [Fact]
    public async Task Node_AwayWhileMoreIsWrittenThanStaysInMemory_CatchesUpFromTheJournals()
    {
        await using var cluster = await DoozerdCluster.StartAsync();
        using var board = new StatusBoard([.. cluster.Nodes.Select(node => node.Address)]);
        using var client = new NodeClient(cluster.Nodes[0].Address);
        var away = cluster.Nodes[2];
        var copies = Copies();
        await away.KillAsync();
        var written = new Dictionary<string, (string Value, long Revision)>();
        for (var i = 0; i < 48; i++)
        {
            var value = $"{i}".PadRight(512 * 1024, 'x');
            var (outcome, revision) = await client.SetAsync($"/large/{i}", value);
            Assert.Equal(Outcome.Ok, outcome);
            written[$"/large/{i}"] = (value, revision);
        }

        away.Start();
        await away.WaitAsync();
        await board.WaitUntilAgreedAsync(TimeSpan.FromSeconds(20), default);

        Assert.Equal(copies, Copies());
        using var reader = new NodeClient(away.Address);
        var revisionNow = written.Values.Max(file => file.Revision);
        foreach (var (path, file) in written)
        {
            Assert.Equal(file, await reader.GetAsync(path, revisionNow));
        }

        int Copies() => away.Log.Split("copying the state").Length - 1;
    }

    [Fact]
    public async Task Founder_KilledWhileItFounds_GoesOnWhereItWas()
    {
        var data = Directory.CreateTempSubdirectory("doozer-system-").FullName;
        for (var round = 0; round < 5; round++)
        {
            await using var founder = new DoozerdProcess(8956, attach: null, Path.Combine(data, $"n{round}"));
            founder.Start();
            await Wait.UntilAsync(
                () => Task.FromResult(founder.Log.Contains("founded cluster", StringComparison.Ordinal)), "the node founds its cluster");
            await founder.KillAsync();
            founder.Start();
            await founder.WaitAsync();

            var found = await Programs.RunAsync(Programs.Doozer, ["-r", "6", "find", "/ctl"], uri: founder.Uri);
            Assert.Contains("/ctl/name\n", found.Output, StringComparison.Ordinal);
            Assert.Contains("/ctl/cal/0\n", found.Output, StringComparison.Ordinal);
            Assert.Contains("/ctl/ns/local/", found.Output, StringComparison.Ordinal);
        }

        Directory.Delete(data, recursive: true);
    }

    private static async Task KillAndRestartAsync(DoozerdCluster cluster, CrashLoad load, int node)
    {
        await cluster.Nodes[node].KillAsync();
        await load.WaitForWritesAsync(200);
        cluster.Nodes[node].Start();
        await cluster.Nodes[node].WaitAsync();
        await load.WaitForWritesAsync(200);
    }

    private void RequireLinearizable(RegisterLoad registers)
    {
        var result = LinearizabilityChecker.Check(registers.History);
        var unknown = registers.History.Count(operation => operation.Outcome == Linearizability.Outcome.Unknown);
        output.WriteLine($"{registers.History.Count} operations, {unknown} of unknown outcome: {result}");
        Assert.True(result.Verdict == Verdict.Linearizable, result.Explanation);
    }

    /// <summary>Every acknowledged write is at every node, with its value and revision.</summary>
    private static async Task RequireAllAsync(DoozerdCluster cluster, CrashLoad load)
    {
        Assert.NotEmpty(load.Acknowledged);
        await Task.WhenAll(cluster.Nodes.Select(node => RequireAllAsync(node, load)));
    }

    private static async Task RequireAllAsync(DoozerdProcess node, CrashLoad load)
    {
        using var client = new NodeClient(node.Address);
        foreach (var (path, written) in load.Acknowledged)
        {
            Assert.Equal((written.Value, written.Revision), await client.GetAsync(path));
        }
    }
}
