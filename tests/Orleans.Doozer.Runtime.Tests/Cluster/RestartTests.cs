using System.Globalization;
using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Runtime.Tests.Cluster;

/// <summary>Nodes that stop and start again on their data directories, under a writer and a watcher.</summary>
[Collection(ClusterTests.Name)]
public sealed class RestartTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Node_StopsAndStartsWhileWriting_NoAcknowledgedWriteIsLostAndNoEventMissed(bool leader)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await using var cluster = await DoozerTestCluster.StartAsync(3, options => options.OnDisk = true, patience.Token);
        var led = (await cluster.LeaderAsync(patience.Token)).Index;
        var stopped = leader ? led : (led + 1) % 3;

        var from = (await cluster.Client.RevisionAsync(cancellationToken: patience.Token)).Next;
        using var stop = new CancellationTokenSource();
        var writing = WriteUntilAsync(cluster.Client, stop.Token);
        var watched = new List<DoozerEvent>();
        using var stopWatching = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
        var watching = WatchAsync(cluster.Client, from, watched, stopWatching.Token);

        await cluster.UntilAsync(() => Seen(watched) >= 20, "the watcher saw nothing", patience.Token);
        await cluster.StopNodeAsync(stopped);
        var seen = Seen(watched);
        await cluster.UntilAsync(() => Seen(watched) >= seen + 20, "two of three nodes do not go on", patience.Token);
        var node = await cluster.StartNodeAsync(stopped);
        await cluster.UntilAsync(() => node.IsVoter && !node.Leader.IsNone, "the node did not come back", patience.Token);
        seen = Seen(watched);
        await cluster.UntilAsync(() => Seen(watched) >= seen + 20, "three nodes do not go on", patience.Token);
        await stop.CancelAsync();

        var written = await writing;
        await cluster.UntilAsync(() => Seen(watched) >= written.Count, "the watcher did not see every write", patience.Token);
        await stopWatching.CancelAsync();
        await watching;
        Assert.Equal(written, watched.Select(change => change.Revision));
        for (var index = 0; index < 3; index++)
        {
            var names = await cluster.ClientOf(index).ListAsync("/w", cancellationToken: patience.Token);
            Assert.Equal(written.Count, names.Count);
        }
    }

    [Fact]
    public async Task AllNodes_StopAndStart_StateHistoryAndIdentitiesAreThere()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await using var cluster = await DoozerTestCluster.StartAsync(3, options => options.OnDisk = true, patience.Token);
        var old = await cluster.Client.CreateAsync("/kept", Bytes.Of("old"), patience.Token);
        var kept = await cluster.Client.SetAsync("/kept", Bytes.Of("new"), old, patience.Token);
        var ids = cluster.Nodes.Select(node => node.Id).ToList();
        for (var index = 0; index < 3; index++)
        {
            await cluster.StopNodeAsync(index);
        }

        await Task.WhenAll(Enumerable.Range(0, 3).Select(cluster.StartNodeAsync));
        Assert.Equal(ids, cluster.Nodes.Select(node => node.Id));
        for (var index = 0; index < 3; index++)
        {
            var entry = await cluster.ClientOf(index).GetAsync("/kept", cancellationToken: patience.Token);
            Assert.Equal(("new", kept), (entry.Text(), entry!.Revision));
            var before = await cluster.ClientOf(index).GetAsync("/kept", DoozerRead.At(old), patience.Token);
            Assert.Equal("old", before.Text());
        }

        var next = await cluster.Client.SetAsync("/kept", Bytes.Of("after"), kept, patience.Token);
        Assert.True(next > kept);
    }

    [Fact]
    public async Task Majority_IsGone_WritesFailAsUnavailableOrUnknownAndLocalReadsWork()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await using var cluster = await DoozerTestCluster.StartAsync(
            3,
            options =>
            {
                options.ConfigureNode = (_, node) => node.RequestTimeout = TimeSpan.FromSeconds(1);
                options.ConfigureDoozerClient = client => client.RequestTimeout = TimeSpan.FromSeconds(2);
            },
            patience.Token);
        await cluster.Client.CreateAsync("/here", Bytes.Of("x"), patience.Token);
        await cluster.StopNodeAsync(1);
        await cluster.StopNodeAsync(2);
        Assert.Equal("x", (await cluster.Client.GetAsync("/here", DoozerRead.Local, patience.Token)).Text());
        await Assert.ThrowsAsync<DoozerUnavailableException>(
            () => cluster.Client.GetAsync("/here", cancellationToken: patience.Token));
        var error = await Assert.ThrowsAnyAsync<DoozerException>(() => cluster.Client.NopAsync(patience.Token));
        Assert.Contains(error.Code, new[] { DoozerErrorCode.Unavailable, DoozerErrorCode.OutcomeUnknown });
    }

    private static async Task<List<Revision>> WriteUntilAsync(IDoozer client, CancellationToken stop)
    {
        var written = new List<Revision>();
        while (!stop.IsCancellationRequested)
        {
            var name = written.Count.ToString("D6", CultureInfo.InvariantCulture);
            written.Add(await client.CreateAsync("/w/" + name, default, CancellationToken.None));
        }

        return written;
    }

    private static async Task WatchAsync(IDoozer client, Revision from, List<DoozerEvent> watched, CancellationToken stop)
    {
        try
        {
            await foreach (var change in client.WatchAsync("/w/*", from, stop))
            {
                lock (watched)
                {
                    watched.Add(change);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to.
        }
    }

    private static int Seen(List<DoozerEvent> watched)
    {
        lock (watched)
        {
            return watched.Count;
        }
    }
}
