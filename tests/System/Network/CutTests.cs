using Orleans.Doozer.SystemTests.Scripts;

namespace Orleans.Doozer.SystemTests.Network;

/// <summary>The short form of the script "cuts": the leader off. The others, one-way and without any majority, are the script's.</summary>
[Collection("system")]
public sealed class CutTests
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(5);

    [SkippableFact]
    public async Task FiveNodes_LeaderOff_OnlyTheOthersWriteAndAllHealByThemselves()
    {
        using var lab = CreateLab();
        await using var cluster = await DoozerdCluster.StartAsync(Cuts.Plan(lab));
        await using var load = Cuts.CreateLoad(lab);
        using var board = new StatusBoard(load.Nodes);
        var trial = new CutTrial(lab, cluster, load);
        load.Start();

        var leader = StatusBoard.FindLeader(await board.AskAsync());
        await trial.RunAsync(Cut.Off("the leader off", leader, nodes: 5), Hold, default);

        await load.JudgeAsync();
    }

    private static NetworkLab CreateLab()
    {
        try
        {
            return new NetworkLab(nodes: 5);
        }
        catch (NoNetworkException exception)
        {
            throw new SkipException(exception.Message);
        }
    }
}
