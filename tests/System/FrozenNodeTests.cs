using Orleans.Doozer.SystemTests.Scripts;

namespace Orleans.Doozer.SystemTests;

/// <summary>A process that stands still for so long that the others go on without it, while its clients wait.</summary>
[Collection("system")]
public sealed class FrozenNodeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Node_FrozenUntilItIsDeclaredDead_ServesAgainInSecondsInTheSameProcessWithTheSameId()
    {
        await using var cluster = await DoozerdCluster.StartAsync();
        await using var load = new CrashLoad([.. cluster.Nodes.Select(node => node.Address)]);
        using var board = new StatusBoard([.. cluster.Nodes.Select(node => node.Address)]);
        using var membership = new MembershipView();
        var before = (await board.WaitUntilAgreedAsync(Patience, default)).Reports;
        load.Start(writersPerNode: 4);
        await load.WaitForWritesAsync(200);
        var frozen = cluster.Nodes[2];

        frozen.Signal("STOP");
        await membership.WaitUntilDeadAsync(before[2].Node, cluster.Nodes[0].Address, Patience, default);
        await load.WaitForWritesAsync(200);
        frozen.Signal("CONT");

        // Its clients' writes are under way and cannot be decided; the new life must not wait for them.
        await Wait.UntilAsync(
            () => Task.FromResult(frozen.Log.Contains("The other silos go on without this one", StringComparison.Ordinal)), "it learns that it is dead");
        var took = await Wait.UntilAsync(() => Task.FromResult(frozen.Log.Split("serves on").Length > 2), "it serves again");
        var (_, after) = await board.WaitUntilAgreedAsync(Patience, default);
        await load.StopAsync();

        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.False(frozen.Process.HasExited);
        Assert.Equal(before.Select(report => report.Node), after.Select(report => report.Node));
        Assert.Empty(load.Stale);
        await Judge.RequireKeptAsync([frozen.Address], [.. load.Acknowledged]);
    }
}
