namespace Orleans.Doozer.Runtime.Tests.Cluster;

[Collection(ClusterTests.Name)]
public sealed class WatchTests(SharedCluster shared)
{
    private readonly string _directory = shared.NewDirectory();

    private IDoozer Client => shared.Client;

    [Fact]
    public async Task Watch_OnEachNode_SeesEachChangeOnceAndInOrder()
    {
        const int changes = 120;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var from = (await Client.RevisionAsync()).Next;
        var watchers = Enumerable.Range(0, 3)
            .Select(node => CollectAsync(shared.Cluster.ClientOf(node), _directory + "/*", from, changes, patience.Token))
            .ToList();
        var writes = Enumerable.Range(0, changes).Select(
            number => shared.Cluster.ClientOf(number % 3).CreateAsync(
                $"{_directory}/{number}", Bytes.Of($"{number}"), patience.Token));
        var expected = (await Task.WhenAll(writes)).Order().ToList();
        foreach (var watcher in watchers)
        {
            Assert.Equal(expected, (await watcher).Select(change => change.Revision));
        }
    }

    [Fact]
    public async Task Watch_ChangeAndDelete_TellsWhatWasBefore()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var file = _directory + "/file";
        var created = await Client.CreateAsync(file, Bytes.Of("a"));
        var set = await Client.SetAsync(file, Bytes.Of("b"), created);
        await Client.DeleteAsync(file, set);
        var events = await CollectAsync(Client, file, created, 3, patience.Token);
        Assert.Equal([DoozerEventKind.Set, DoozerEventKind.Set, DoozerEventKind.Delete], events.Select(change => change.Kind));
        Assert.Null(events[0].Previous);
        Assert.Equal("a", events[1].Previous.Text());
        Assert.Equal(set, events[2].Previous!.Revision);
    }

    [Fact]
    public async Task Watch_FromNow_BeginsAfterWhatIsThere()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await Client.CreateAsync(_directory + "/before", default);
        await using var events = Client.WatchAsync(_directory + "/*", null, patience.Token).GetAsyncEnumerator(patience.Token);
        var first = events.MoveNextAsync().AsTask();

        // The watch asks where "now" is first: each of these is after it or is not seen.
        var number = 0;
        while (!first.IsCompleted)
        {
            await Client.CreateAsync($"{_directory}/{number++}", default, patience.Token);
        }

        Assert.True(await first);
        Assert.NotEqual(_directory + "/before", events.Current.Path);
    }

    [Fact]
    public async Task Wait_NothingYet_ComesWithTheFirstMatch()
    {
        var from = (await Client.RevisionAsync()).Next;
        var wait = Client.WaitAsync(_directory + "/**/x", from);
        await Client.CreateAsync(_directory + "/a/y", default);
        Assert.False(wait.IsCompleted);
        var revision = await Client.CreateAsync(_directory + "/a/b/x", Bytes.Of("!"));
        var change = await wait.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((revision, "!"), (change.Revision, change.Text()));
    }

    [Fact]
    public async Task Watch_QuietLongerThanOneWait_GoesOn()
    {
        var client = new DoozerClient(
            shared.Cluster.ClusterClient, new DoozerClientOptions { WatchWait = TimeSpan.FromMilliseconds(20) });
        var wait = client.WaitAsync(_directory + "/*", (await Client.RevisionAsync()).Next);
        for (var i = 0; i < 30; i++)
        {
            await Client.NopAsync();
        }

        var revision = await Client.CreateAsync(_directory + "/file", default);
        Assert.Equal(revision, (await wait.WaitAsync(TimeSpan.FromSeconds(10))).Revision);
    }

    [Fact]
    public void Watch_BadPattern_IsToldAtOnce() =>
        Assert.Throws<DoozerBadPathException>(() => Client.WatchAsync("no-slash", null));

    [Fact]
    public async Task Watch_Cancelled_Throws()
    {
        using var cancel = new CancellationTokenSource();
        var wait = Client.WaitAsync(_directory + "/*", (await Client.RevisionAsync()).Next, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    internal static async Task<List<DoozerEvent>> CollectAsync(
        IDoozer client, string glob, Revision from, int count, CancellationToken cancellationToken)
    {
        var events = new List<DoozerEvent>();
        await foreach (var change in client.WatchAsync(glob, from, cancellationToken))
        {
            events.Add(change);
            if (events.Count == count)
            {
                break;
            }
        }

        return events;
    }
}
