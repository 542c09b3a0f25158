namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>All nodes killed and started again in random order, many times, under load: nothing acknowledged is lost, and the cluster
/// serves again within seconds.</summary>
internal sealed class Restarts(ScriptRun run, DoozerdCluster cluster, ScriptLoad load)
{
    /// <summary>Orleans by itself would take 90 s.</summary>
    private static readonly TimeSpan ServingLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AgreedLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LoadMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan GapMax = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan InterruptMax = TimeSpan.FromSeconds(4);
    private readonly List<TimeSpan> _serving = [];

    public static Task<int> RunAsync(ClusterPlan plan, int rounds, int? seed, CancellationToken stop) =>
        ScriptRun.RunAsync(seed, run => run.WithClusterAsync(plan, async cluster =>
        {
            await using var load = new ScriptLoad([.. cluster.Nodes.Select(node => node.Address)]);
            return await new Restarts(run, cluster, load).RunAsync(rounds);
        }), stop);

    private async Task<string> RunAsync(int rounds)
    {
        using var board = new StatusBoard(load.Nodes);
        var before = (await board.WaitUntilAgreedAsync(AgreedLimit, run.Stop)).Reports;
        load.Start();
        for (var round = 1; round <= rounds; round++)
        {
            load.BeginEpoch();
            await load.WaitForWritesAsync(100, run.Stop);
            await Task.Delay(run.Draw(LoadMax), run.Stop);
            var line = await RestartAsync();
            var (agreed, after) = await board.WaitUntilAgreedAsync(AgreedLimit, run.Stop);
            RequireSame(before.Select(report => (report.ClusterId, report.Node)), after.Select(report => (report.ClusterId, report.Node)));
            var kept = await load.RequireKeptAsync();
            run.Say($"round {round}: {line}; all agreed {ScriptRun.Seconds(agreed)} later; {kept}");
        }

        return $"{rounds} rounds; from the last start to the first acknowledged write: {ScriptRun.Summary(_serving)}; {await load.JudgeAsync()}";
    }

    private async Task<string> RestartAsync()
    {
        await KillAllAsync();
        var what = "";
        if (run.Random.Next(4) == 0)
        {
            // Killed once more while they start.
            await StartAsync(run.Shuffle(cluster.Nodes));
            var moment = run.Draw(InterruptMax);
            await Task.Delay(moment, run.Stop);
            await KillAllAsync();
            what = $"killed again {ScriptRun.Seconds(moment)} after the start; ";
        }

        var order = run.Shuffle(cluster.Nodes);
        var first = run.Random.Next(2) == 0 ? order.Count : (order.Count / 2) + 1;
        var acknowledged = load.AcknowledgedCount;
        await StartAsync(order[..first]);
        var serving = await Wait.UntilAsync(
            () => Task.FromResult(load.AcknowledgedCount > acknowledged), "a write is acknowledged after the restart", ServingLimit, run.Stop);
        _serving.Add(serving);
        await StartAsync(order[first..]);
        await Task.WhenAll(cluster.Nodes.Select(node => node.WaitAsync()));
        return $"{what}{first} of {order.Count} started first, a write acknowledged {ScriptRun.Seconds(serving)} after the last of them";
    }

    /// <summary>At once, or one shortly after the other, so that some still lead and elect meanwhile.</summary>
    private async Task KillAllAsync()
    {
        var gaps = run.Random.Next(2) == 0;
        foreach (var node in run.Shuffle(cluster.Nodes))
        {
            node.Process.Kill();
            if (gaps)
            {
                await Task.Delay(run.Draw(GapMax), run.Stop);
            }
        }

        await Task.WhenAll(cluster.Nodes.Select(node => node.Process.WaitForExitAsync()));
    }

    private async Task StartAsync(IEnumerable<DoozerdProcess> nodes)
    {
        foreach (var node in nodes)
        {
            await Task.Delay(run.Draw(GapMax), run.Stop);
            node.Start();
        }
    }

    private static void RequireSame(IEnumerable<(string Cluster, string Node)> before, IEnumerable<(string Cluster, string Node)> after)
    {
        if (!before.SequenceEqual(after))
        {
            throw new ScriptFailure($"the nodes were {string.Join(", ", before)} and are {string.Join(", ", after)}");
        }
    }
}
