using Orleans.Doozer.KeyStore;
using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Runtime.Tests.Cluster;

[Collection(ClusterTests.Name)]
public sealed class JoinTests
{
    [Fact]
    public async Task Join_TheLogWasCut_CopiesTheSnapshotThenVotes()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await using var cluster = await StartWithSnapshotAsync(patience.Token);
        var node = await cluster.AddNodeAsync(votes: true, patience.Token);

        Assert.Equal([cluster.Node(0).Id, node.Id], ControlFiles.Voters(cluster.Node(0).Store.Current));
        var seen = await cluster.ClientOf(node.Index).GetAsync("/first", cancellationToken: patience.Token);
        Assert.Equal("kept", seen.Text());
        var last = await cluster.ClientOf(node.Index).SetAsync("/last", default, Revision.Clobber, patience.Token);
        Assert.Equal(last, (await cluster.ClientOf(0).StatAsync("/last", cancellationToken: patience.Token)).Revision);

        // What was before the kept history is too late, for readers and for watchers.
        await Assert.ThrowsAsync<DoozerTooLateException>(
            () => cluster.Client.GetAsync("/first", DoozerRead.At(new Revision(1)), patience.Token));
        await Assert.ThrowsAsync<DoozerTooLateException>(
            () => cluster.Client.WaitAsync("/first", new Revision(1), patience.Token));
    }

    [Fact]
    public async Task Join_TwoAtOnce_BothCopyTheSnapshot()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var cluster = await StartWithSnapshotAsync(patience.Token, bytes: 30 << 20);
        await Task.WhenAll(
            cluster.AddNodeAsync(votes: false, patience.Token), cluster.AddNodeAsync(votes: false, patience.Token));
        foreach (var node in cluster.Nodes)
        {
            Assert.True(node.Store.Current.Get("/big/0").Revision.IsFile);
        }
    }

    /// <summary>One node whose log no longer reaches back to the start.</summary>
    private static async Task<DoozerTestCluster> StartWithSnapshotAsync(CancellationToken cancellationToken, int bytes = 0)
    {
        var cluster = await DoozerTestCluster.StartAsync(
            1, options => options.ConfigureNode = (_, node) => node.History = 50, cancellationToken);
        try
        {
            await cluster.Client.CreateAsync("/first", Bytes.Of("kept"), cancellationToken);
            for (var i = 0; i < bytes >> 20; i++)
            {
                var value = new byte[1 << 20];
                Random.Shared.NextBytes(value);
                await cluster.Client.CreateAsync($"/big/{i}", value, cancellationToken);
            }

            var host = cluster.GetService<Stores.StoreHosts>(0).GetHost("default");
            while (host.Machine!.BaseSlot.Value == 0)
            {
                await cluster.Client.NopAsync(cancellationToken);
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }
}
