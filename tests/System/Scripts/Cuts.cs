using Orleans.Doozer.SystemTests.Network;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>Five nodes in network namespaces, cut off from each other in every way: at most one side writes, and all heal by themselves.</summary>
internal sealed class Cuts(ScriptRun run, DoozerdCluster cluster, NetworkLab lab)
{
    private const int Nodes = 5;

    /// <summary>So that those who get no answer are asked again and again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string doozerd, TimeSpan hold, int? seed, CancellationToken stop)
    {
        NetworkLab? made = null;
        try
        {
            using var lab = made = new NetworkLab(Nodes);
            var plan = Plan(lab) with { Program = doozerd };
            return await ScriptRun.RunAsync(
                seed, run => run.WithClusterAsync(plan, cluster => new Cuts(run, cluster, lab).RunAsync(hold)), stop);
        }
        catch (NoNetworkException exception) when (made is null)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    /// <summary>A node on each machine of a network.</summary>
    public static ClusterPlan Plan(NetworkLab lab) =>
        new(lab.Addresses) { Wrapper = lab.Wrapper, Options = ["--voters", $"{lab.Addresses.Count}"] };

    /// <summary>A load whose calls give up soon.</summary>
    public static ScriptLoad CreateLoad(NetworkLab lab) => new(lab.Addresses, Patience);

    private async Task<string> RunAsync(TimeSpan hold)
    {
        await using var load = CreateLoad(lab);
        using var board = new StatusBoard(load.Nodes);
        load.Start();
        var results = new List<CutResult>();
        var trial = new CutTrial(lab, cluster, load);
        foreach (var choose in (Func<int, Cut>[])[FollowerOff, LeaderOff, LeaderDeaf, LeaderMute, FollowerDeaf, FollowerMute, Split])
        {
            var cut = choose(StatusBoard.FindLeader(await board.AskAsync()));
            var result = await trial.RunAsync(cut, hold, run.Stop);
            results.Add(result);
            run.Say($"{cut.Name}: {Describe(result)}; {await load.RequireKeptAsync()}");
        }

        return $"{results.Count} cuts of at least {hold.TotalSeconds:0} s; cut node dead for Orleans: {Summary(result => result.Dead)}; "
            + $"first write of the majority: {Summary(result => result.FirstWrite)}; after the heal all serve: {Summary(result => result.Serving)}, "
            + $"all agree: {Summary(result => result.Agreed)}; {CountRestarts()} silos started again by themselves; {await load.JudgeAsync()}";

        string Summary(Func<CutResult, TimeSpan?> what) => ScriptRun.Summary([.. results.Select(what).OfType<TimeSpan>()]);
    }

    private Cut FollowerOff(int leader) => Cut.Off("a follower off", Another(leader), Nodes);

    private Cut LeaderOff(int leader) => Cut.Off("the leader off", leader, Nodes);

    private Cut LeaderDeaf(int leader) => Cut.Deaf("the leader hears nobody", leader, Nodes);

    private Cut LeaderMute(int leader) => Cut.Mute("nobody hears the leader", leader, Nodes);

    private Cut FollowerDeaf(int leader) => Cut.Deaf("a follower hears nobody", Another(leader), Nodes);

    private Cut FollowerMute(int leader) => Cut.Mute("nobody hears a follower", Another(leader), Nodes);

    private Cut Split(int leader)
    {
        var order = run.Shuffle(Enumerable.Range(0, Nodes));
        return Cut.Split("2-2-1", order[..2], order[2..4], order[4..]);
    }

    private int Another(int leader) => (leader + 1 + run.Random.Next(Nodes - 1)) % Nodes;

    private int CountRestarts() => cluster.Nodes.Sum(
        node => node.Log.Split('\n').Count(line => line.Contains("The other silos go on without this one", StringComparison.Ordinal)));

    private static string Describe(CutResult result) =>
        (result.FirstWrite is { } first ? $"majority's first write after {ScriptRun.Seconds(first)}, " : "no side writes, ")
        + (result.Dead is { } dead ? $"dead for Orleans after {ScriptRun.Seconds(dead)}, " : "")
        + $"minority asked {result.Asked} times and silent; after the heal all serve in {ScriptRun.Seconds(result.Serving)}, agree in "
        + ScriptRun.Seconds(result.Agreed);
}
