using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>
/// Nodes killed under load, their directories deleted, and started again as an operator would: with -a of the others. Each comes back as a
/// new node of the same cluster and is given the lost one's vote; nothing acknowledged is lost, and nobody founds a second cluster.
/// </summary>
internal sealed class Wipes(ScriptRun run, DoozerdCluster cluster)
{
    /// <summary>What a silo killed outright may take to be dead for Orleans.</summary>
    private static readonly TimeSpan DeadLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AgreedLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LoadMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AwayMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AgainMax = TimeSpan.FromSeconds(5);
    private readonly List<TimeSpan> _dead = [];
    private readonly List<TimeSpan> _voting = [];

    public static Task<int> RunAsync(ClusterPlan plan, int rounds, int? seed, CancellationToken stop) =>
        ScriptRun.RunAsync(seed, run => run.WithClusterAsync(plan, cluster => new Wipes(run, cluster).RunAsync(rounds)), stop);

    private async Task<string> RunAsync(int rounds)
    {
        await using var load = new ScriptLoad([.. cluster.Nodes.Select(node => node.Address)]);
        using var board = new StatusBoard(load.Nodes);
        using var membership = new MembershipView();
        var before = (await board.WaitUntilAgreedAsync(AgreedLimit, run.Stop)).Reports;
        load.Start();
        for (var round = 1; round <= rounds; round++)
        {
            load.BeginEpoch();
            await load.WaitForWritesAsync(100, run.Stop);
            await Task.Delay(run.Draw(LoadMax), run.Stop);

            // The founder is the one that might found again.
            var index = round == 1 ? 0 : run.Random.Next(cluster.Nodes.Count);
            var what = index == StatusBoard.FindLeader(before) ? "the leader" : "a follower";
            var line = await WipeAsync(index, before[index].Node, membership);
            var start = TimeProvider.System.GetTimestamp();
            var after = (await board.WaitUntilAgreedAsync(AgreedLimit, run.Stop)).Reports;
            _voting.Add(TimeProvider.System.GetElapsedTime(start));
            RequireOneNewNode(before, after, index);
            run.Say($"round {round}: node {index}, {what}: {line}, votes {ScriptRun.Since(start)} after it serves; {await load.RequireKeptAsync()}");
            before = after;
        }

        return $"{rounds} rounds; killed silo dead after: {ScriptRun.Summary(_dead)}; from serving to voting: {ScriptRun.Summary(_voting)}; "
            + await load.JudgeAsync();
    }

    private async Task<string> WipeAsync(int index, string node, MembershipView membership)
    {
        await cluster.Nodes[index].KillAsync();
        var line = await StayAwayAsync(index, node, membership);
        cluster.Wipe(index);
        cluster.Nodes[index].Start();
        if (run.Random.Next(4) == 0)
        {
            // Wiped once more while it joins.
            var moment = run.Draw(AgainMax);
            await Task.Delay(moment, run.Stop);
            await cluster.Nodes[index].KillAsync();
            cluster.Wipe(index);
            cluster.Nodes[index].Start();
            line += $", wiped again {ScriptRun.Seconds(moment)} after the start";
        }

        var start = TimeProvider.System.GetTimestamp();
        await cluster.Nodes[index].WaitAsync();
        return $"{line}, serves {ScriptRun.Since(start)} after the start";
    }

    /// <summary>Now and then until Orleans has noticed, otherwise for a moment.</summary>
    private async Task<string> StayAwayAsync(int index, string node, MembershipView membership)
    {
        if (run.Random.Next(2) == 0)
        {
            var moment = run.Draw(AwayMax);
            await Task.Delay(moment, run.Stop);
            return $"away for {ScriptRun.Seconds(moment)}";
        }

        var witness = cluster.Nodes[(index + 1) % cluster.Nodes.Count].Address;
        _dead.Add(await membership.WaitUntilDeadAsync(node, witness, DeadLimit, run.Stop));
        return $"dead for Orleans after {ScriptRun.Seconds(_dead[^1])}";
    }

    private void RequireOneNewNode(IReadOnlyList<StatusReport> before, IReadOnlyList<StatusReport> after, int index)
    {
        if (after.Any(report => report.ClusterId != before[0].ClusterId) || FoundedAgain(index))
        {
            throw new ScriptFailure(
                $"there is a second cluster: {before[0].ClusterId} before, and {string.Join(", ", after.Select(report => report.ClusterId))} after");
        }

        for (var i = 0; i < after.Count; i++)
        {
            if ((after[i].Node == before[i].Node) != (i != index))
            {
                throw new ScriptFailure($"node {i} was {before[i].Node} and is {after[i].Node}, when node {index} was wiped");
            }
        }
    }

    private bool FoundedAgain(int index) => cluster.Nodes[index].Log.Contains("founded cluster", StringComparison.OrdinalIgnoreCase);
}
