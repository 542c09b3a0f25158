using System.Collections.Concurrent;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Front;
using Orleans.Doozer.Runtime.Stores;
using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Runtime.Tests.Cluster;

/// <summary>Many watches over one stream.</summary>
[Collection(ClusterTests.Name)]
public sealed class WatchStreamTests(SharedCluster shared)
{
    private static readonly TimeSpan NoWait = TimeSpan.Zero;
    private readonly string _directory = shared.NewDirectory();
    private readonly Guid _stream = Guid.NewGuid();

    private IDoozer Client => shared.Client;

    private StoreHost Host => shared.Cluster.GetService<StoreHosts>(0).GetHost("default");

    private WatchStreams Streams => Host.WatchStreams;

    /// <summary>Small pages, so that watches fall behind and read the history; some begin in the past, while others write.</summary>
    [Fact]
    public async Task Watches_OfAllKindsWhileOthersWrite_EachSeesEachOfItsChangesOnceAndInOrder()
    {
        const int writes = 600;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var client = new DoozerClient(
            shared.Cluster.ClusterClient, new DoozerClientOptions { PageSize = 5, WatchWait = TimeSpan.FromMilliseconds(50) });
        string[] patterns = ["/**", "/*/a", "/?/b", "/x/*", "/x/a", "/y/b", "/y/**", "/*/?"];
        var random = new Random(7);
        var start = (await Client.RevisionAsync(default, patience.Token)).Next;
        var watches = new List<RunningWatch>();
        var wrote = 0;
        var writing = Task.WhenAll(Enumerable.Range(0, 3).Select(async writer =>
        {
            while (Interlocked.Increment(ref wrote) is var number && number <= writes)
            {
                var path = $"{_directory}/{"xyz"[number % 3]}/{"abc"[number / 3 % 3]}";
                await shared.Cluster.ClientOf(writer).SetAsync(path, Bytes.Of($"{number}"), Revision.Clobber, patience.Token);
            }
        }));
        while (!writing.IsCompleted && watches.Count < 150)
        {
            var now = await Client.RevisionAsync(DoozerRead.Local, patience.Token);
            var from = new Revision(random.NextInt64(start.Value, now.Value + 5));
            watches.Add(new(client, _directory + patterns[random.Next(patterns.Length)], from, isSlow: watches.Count % 3 == 0, patience.Token));
        }

        await writing;
        Assert.InRange(watches.Count, 10, int.MaxValue);
        var all = await WatchTests.CollectAsync(Client, _directory + "/**", start, writes, patience.Token);
        foreach (var watch in watches)
        {
            var expected = all.Where(change => change.Revision >= watch.From && watch.Glob.IsMatch(change.Path)).Select(change => change.Revision).ToList();
            await shared.Cluster.UntilAsync(() => watch.Seen.Count >= expected.Count, $"{watch.Glob} from {watch.From} saw too little");
            Assert.Equal(expected, watch.Seen);
        }

        await patience.CancelAsync();
        await Task.WhenAll(watches.Select(watch => watch.Ended));
    }

    [Fact]
    public async Task Stream_AfterAChange_IsToldFromTheRevisionThatWasAskedFor()
    {
        var first = await Client.CreateAsync(_directory + "/a", default);
        var second = await Client.CreateAsync(_directory + "/b", default);
        await CaughtUpAsync(second);

        Assert.Empty(Change(1, [new(_directory + "/a", first)]).Refused);
        var reply = await Streams.FollowAsync(new(_stream, NoWait, 100), default);
        Assert.Equal([first], reply.Events.Select(change => change.Revision));
        Assert.Equal((second.Next, 1), (reply.Next, reply.Changes));

        Assert.Empty(Change(2, [], _directory + "/a").Refused);
        Assert.Empty(Change(3, [new(_directory + "/b", first)]).Refused);
        reply = await Streams.FollowAsync(new(_stream, NoWait, 100), default);
        Assert.Equal([second], reply.Events.Select(change => change.Revision));
        Assert.Equal(3, reply.Changes);
    }

    /// <summary>A client leaves out what comes under an earlier change than its own: it must come again.</summary>
    [Fact]
    public async Task Stream_ReadWhileAGlobIsAdded_TellsTheGlobsPastInTheFirstReplyThatNamesTheChange()
    {
        var path = _directory + "/a";
        var revision = await Client.CreateAsync(path, default);
        await CaughtUpAsync(revision);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var replies = System.Threading.Channels.Channel.CreateUnbounded<WatchStreamReply>();
        Change(1, []);
        var reading = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                replies.Writer.TryWrite(await Streams.FollowAsync(new(_stream, NoWait, 100), default));
            }
        });

        try
        {
            for (var change = 2; change < 6000; change += 2)
            {
                Assert.Equal(DoozerErrorCode.None, Change(change, [new(path, revision)]).Status.Error);
                WatchStreamReply reply;
                do
                {
                    reply = await replies.Reader.ReadAsync(stop.Token);
                }
                while (reply.Changes < change);

                Assert.Equal([revision], reply.Events.Select(told => told.Revision));
                Assert.Equal(DoozerErrorCode.None, Change(change + 1, [], path).Status.Error);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    [Fact]
    public async Task Stream_MoreThanAPage_ComesInPages()
    {
        var from = (await Client.RevisionAsync()).Next;
        for (var i = 0; i < 7; i++)
        {
            await Client.SetAsync(_directory + "/a", default, Revision.Clobber);
        }

        await CaughtUpAsync(new(from.Value + 6));
        Change(1, [new(_directory + "/*", from)]);
        var seen = new List<long>();
        foreach (var page in new[] { 3, 3, 1, 0 })
        {
            var reply = await Streams.FollowAsync(new(_stream, NoWait, 3), default);
            Assert.Equal(page, reply.Events.Length);
            seen.AddRange(reply.Events.Select(change => change.Revision.Value));
        }

        Assert.Equal(Enumerable.Range(0, 7).Select(number => from.Value + number), seen);
    }

    [Fact]
    public void Change_OfAnUnknownStreamOrOutOfTurn_IsRefused()
    {
        Assert.Equal(DoozerErrorCode.Unavailable, Change(2, []).Status.Error);
        Assert.Equal(DoozerErrorCode.None, Change(1, []).Status.Error);
        Assert.Equal(DoozerErrorCode.Unavailable, Change(1, []).Status.Error);
        Assert.Equal(DoozerErrorCode.Unavailable, Change(3, []).Status.Error);
        Assert.Equal(DoozerErrorCode.None, Change(2, []).Status.Error);
    }

    [Fact]
    public void Change_TooManyGlobsAtOnce_IsRefused()
    {
        var globs = Enumerable.Range(0, WatchStreamChange.MaxGlobs + 1).Select(number => $"/{number}").ToArray();
        Assert.Equal(DoozerErrorCode.LimitExceeded, Change(1, [.. globs.Select(glob => new WatchedGlob(glob, new(1)))]).Status.Error);
        Assert.Equal(DoozerErrorCode.LimitExceeded, Change(1, [], globs).Status.Error);
    }

    [Fact]
    public async Task Change_BadGlobOrTooLate_IsRefusedAndTheOthersWatched()
    {
        await using var cluster = await DoozerTestCluster.StartAsync(1, options => options.ConfigureNode = (_, node) => node.History = 5);
        for (var i = 0; i < 10; i++)
        {
            await cluster.Client.NopAsync();
        }

        var host = cluster.GetService<StoreHosts>(0).GetHost("default");
        var oldest = host.Machine!.History.Oldest;
        var changed = host.WatchStreams.Change(
            new(_stream, 1, [new("no-slash", oldest), new("/a", (await cluster.Client.RevisionAsync()).Next), new("/b", new(1))], []));
        Assert.Equal(
            [("no-slash", DoozerErrorCode.BadPath), ("/b", DoozerErrorCode.TooLate)], changed.Refused.Select(refused => (refused.Glob, refused.Error)));
        await cluster.Client.CreateAsync("/a", default);
        Assert.Single((await host.WatchStreams.FollowAsync(new(_stream, TimeSpan.FromSeconds(10), 100), default)).Events);
    }

    [Fact]
    public async Task Stream_ThatNobodyAsksFor_IsForgotten()
    {
        var before = Host.Watches.Count;
        Change(1, [new(_directory + "/a", (await Client.RevisionAsync()).Next), new(_directory + "/*", (await Client.RevisionAsync()).Next)]);
        Assert.Equal(before + 2, Host.Watches.Count);

        Streams.Forget(TimeSpan.FromMinutes(1));
        Assert.Equal(before + 2, Host.Watches.Count);
        Streams.Forget(TimeSpan.FromTicks(-1));

        await shared.Cluster.UntilAsync(() => Host.Watches.Count <= before, "its globs are still watched");
        Assert.Equal(DoozerErrorCode.Unavailable, (await Streams.FollowAsync(new(_stream, NoWait, 1), default)).Status.Error);
        Assert.Equal(DoozerErrorCode.Unavailable, Change(2, []).Status.Error);
    }

    private WatchStreamChanged Change(long number, WatchedGlob[] added, params string[] removed) =>
        Streams.Change(new(_stream, number, added, removed));

    /// <summary>The watchers of the first node were told up to a revision.</summary>
    private Task CaughtUpAsync(Revision revision)
    {
        var probe = new Watcher();
        return shared.Cluster.UntilAsync(() => Host.Watches.Take(probe).Seen >= revision, $"the node has not seen {revision}");
    }

    /// <summary>A watch and what it has seen; a slow one asks the store for something after each change.</summary>
    private sealed class RunningWatch
    {
        public RunningWatch(DoozerClient client, string glob, Revision from, bool isSlow, CancellationToken stop)
        {
            (Glob, From) = (Glob.Parse(glob), from);
            Ended = Task.Run(() => RunAsync(client, isSlow, stop), CancellationToken.None);
        }

        public Glob Glob { get; }

        public Revision From { get; }

        public ConcurrentQueue<Revision> Seen { get; } = new();

        public Task Ended { get; }

        private async Task RunAsync(DoozerClient client, bool isSlow, CancellationToken stop)
        {
            try
            {
                await foreach (var change in client.WatchAsync(Glob.Pattern, From, stop))
                {
                    Seen.Enqueue(change.Revision);
                    if (isSlow)
                    {
                        await client.RevisionAsync(default, stop);
                    }
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Asked to end.
            }
        }
    }
}
