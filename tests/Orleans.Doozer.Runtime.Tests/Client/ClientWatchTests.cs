using Microsoft.Extensions.Time.Testing;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Tests.Client;

/// <summary>What the watches of a client do when calls are lost, refused, or say things twice.</summary>
public sealed class ClientWatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeStore _store;
    private readonly DoozerClient _client;
    private readonly DoozerClient _patientClient;

    public ClientWatchTests()
    {
        (var grains, _store) = FakeStore.Create();
        _client = new DoozerClient(grains, new DoozerClientOptions
        {
            RequestTimeout = TimeSpan.FromMilliseconds(400),
            AttemptTimeout = TimeSpan.FromMilliseconds(100),
            WatchWait = TimeSpan.FromMilliseconds(50),
            PageSize = 10,
        });
        // Its clock stands: no call is given up for being slow.
        _patientClient = new DoozerClient(grains, time: new FakeTimeProvider());
    }

    [Fact]
    public async Task Stream_CallsAreLost_GoesOnElsewhereFromWhatWasTold()
    {
        _store.OnFollow =
        [
            () => Told(11, 1, "/d/f@10"),
            () => Told(14, 1),
            () => throw new TimeoutException("the node fell"),
            () => new TaskCompletionSource<WatchStreamReply>().Task,
            () => Refused(DoozerErrorCode.Unavailable),
            () => Told(16, 1, "/d/f@15"),
        ];

        Assert.Equal(["/d/f@10", "/d/f@15"], await CollectAsync("/d/*", 10, 2));

        Assert.Equal([10L, 14, 14, 14], _store.Changes.Select(change => change.Change.Added.Single().From.Value).Take(4));
        Assert.Equal(["default/A/", "default/B/"], _store.Changes.Select(change => change.Key).Take(2));
        Assert.Equal(4, _store.Changes.Take(4).Select(change => change.Change.Stream).Distinct().Count());
    }

    [Fact]
    public async Task Stream_SaysThingsTwice_TellsEachOnce()
    {
        _store.OnFollow = [() => Told(13, 1, "/d/f@10", "/d/g@12"), () => Told(16, 1, "/d/f@10", "/d/g@12", "/d/h@15")];
        Assert.Equal(["/d/f@10", "/d/g@12", "/d/h@15"], await CollectAsync("/d/*", 10, 3));
    }

    [Fact]
    public async Task Stream_GlobsOfAChangeThatIsNotMadeYet_AreNotToldOfLaterRevisionsFirst()
    {
        _store.OnFollow = [() => Told(20, 0, "/d/f@19"), () => Told(20, 1, "/d/f@12", "/d/f@19")];
        Assert.Equal(["/d/f@12", "/d/f@19"], await CollectAsync("/d/*", 10, 2));
    }

    [Fact]
    public async Task Watches_WithTheSamePattern_AreOneGlobOfOneStream()
    {
        var release = new TaskCompletionSource<WatchStreamReply>();
        _store.OnFollow = [() => release.Task];
        var watches = Enumerable.Range(0, 100).Select(_ => CollectAsync("/d/*", 10, 1, _patientClient)).ToList();
        release.SetResult(await Told(11, 1, "/d/f@10"));

        foreach (var watch in watches)
        {
            Assert.Equal(["/d/f@10"], await watch);
        }

        Assert.Single(_store.Changes.Select(change => change.Change.Stream).Distinct());
        Assert.All(_store.Changes.SelectMany(change => change.Change.Added), added => Assert.Equal(new("/d/*", new(10)), added));
        Assert.Empty(_store.Polls);
    }

    [Fact]
    public async Task Watches_MoreThanAChangeMayHave_GoInSeveral()
    {
        var release = new TaskCompletionSource<WatchStreamReply>();
        _store.OnFollow = [() => release.Task];
        var watches = Enumerable.Range(0, 2500).Select(number => CollectAsync($"/d/{number}", 10, 1, _patientClient)).ToList();

        // At most as many changes as watches: a sender that keeps pace sends each by itself.
        var told = await Told(11, 2500, [.. Enumerable.Range(0, 2500).Select(number => $"/d/{number}@10")]);
        await UntilAsync(() => _store.Changes.Sum(change => change.Change.Added.Length) == 2500);
        release.SetResult(told);
        await Task.WhenAll(watches).WaitAsync(Patience);

        Assert.All(_store.Changes, change => Assert.InRange(change.Change.Added.Length, 0, WatchStreamChange.MaxGlobs));
        var opening = _store.Changes.Where(change => change.Change.Added.Length > 0).Select(change => change.Change.Number).ToList();
        Assert.Equal(Enumerable.Range(1, opening.Count).Select(number => (long)number), opening);
    }

    [Fact]
    public async Task Watch_TooSlow_ReadsTheHistoryAndMissesNothing()
    {
        // Ten may wait to be read: the reader finds the history where the stream left it.
        _store.OnFollow = [() => Told(40, 1, [.. Enumerable.Range(10, 30).Select(revision => $"/d/f@{revision}")])];
        _store.OnWait = poll => poll == 0 ? Events(40, [.. Enumerable.Range(20, 20)]) : new TaskCompletionSource<WatchReply>().Task;

        var seen = await CollectAsync("/d/*", 10, 30);

        Assert.Equal(Enumerable.Range(10, 30).Select(revision => $"/d/f@{revision}"), seen);
        Assert.Equal(("default/A/d", 20L), (_store.Polls.First().Key, _store.Polls.First().Request.From.Value));
    }

    [Fact]
    public async Task Watch_FarBehindTheStream_ReadsTheHistoryFirst()
    {
        var (told, release) = (new TaskCompletionSource(), new TaskCompletionSource<WatchStreamReply>());
        _store.OnFollow = [() => Told(5000, 1, "/e/f@4999"), () => { told.SetResult(); return release.Task; }];
        _store.OnWait = poll => poll == 0 ? Events(5001, 10) : new TaskCompletionSource<WatchReply>().Task;
        _ = CollectAsync("/e/*", 4999, 2);
        await told.Task.WaitAsync(Patience);

        Assert.Equal(["/d/f@10"], await CollectAsync("/d/*", 10, 1));

        Assert.Equal(10, _store.Polls.Single().Request.From.Value);
        Assert.DoesNotContain(_store.Changes, change => change.Change.Added.Any(added => added.Glob == "/d/*"));
    }

    [Fact]
    public async Task Watch_OneNodeHasLessHistory_AsksTheOther()
    {
        _store.OnChange = RefuseAll;
        _store.OnWait = _ => Events(11, 10);
        Assert.Equal(new Revision(10), (await _client.WaitAsync("/d/*", new Revision(10))).Revision);
        Assert.Equal("default/A/", _store.Changes.First().Key);
        Assert.Equal("default/B/d", _store.Polls.First().Key);
    }

    [Fact]
    public async Task Watch_AllNodesSayTooLate_Throws()
    {
        _store.OnChange = RefuseAll;
        _store.OnWait = _ => Task.FromResult(new WatchReply(new ReadStatus(DoozerErrorCode.TooLate, "said so", default, 0), [], default));
        await Assert.ThrowsAsync<DoozerTooLateException>(() => _client.WaitAsync("/d/*", new Revision(10)).WaitAsync(Patience));
    }

    [Fact]
    public async Task Watch_Ended_IsTakenFromTheStream()
    {
        var release = new TaskCompletionSource<WatchStreamReply>();
        _store.OnFollow = [() => Told(11, 1, "/d/f@10"), () => release.Task];
        Assert.Equal(["/d/f@10"], await CollectAsync("/d/*", 10, 1));
        await UntilAsync(() => _store.Changes.Any(change => change.Change.Removed.SequenceEqual(["/d/*"])));
    }

    private static WatchStreamChanged RefuseAll(WatchStreamChange change) => new(
        default, [.. change.Added.Select(added => new RefusedGlob(added.Glob, DoozerErrorCode.TooLate, "said so"))]);

    internal static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>"/path@revision" of each change.</summary>
    private async Task<List<string>> CollectAsync(string glob, long from, int count, DoozerClient? client = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        var seen = new List<string>();
        await foreach (var change in (client ?? _client).WatchAsync(glob, new Revision(from), patience.Token))
        {
            seen.Add($"{change.Path}@{change.Revision}");
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }

    private static Task<WatchStreamReply> Told(long next, long changes, params string[] events) =>
        Task.FromResult(new WatchStreamReply(default, [.. events.Select(Change)], new(next), changes));

    private static Task<WatchStreamReply> Refused(DoozerErrorCode error) =>
        Task.FromResult(new WatchStreamReply(new(error, "said so", default, 0), [], default, 0));

    private static Task<WatchReply> Events(long next, params int[] revisions) => Task.FromResult(
        new WatchReply(new(DoozerErrorCode.None, null, new(next - 1), 8), [.. revisions.Select(revision => Change($"/d/f@{revision}"))], new(next)));

    private static DoozerEvent Change(string text)
    {
        var parts = text.Split('@');
        return new(DoozerEventKind.Set, parts[0], default, new(long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)), null);
    }
}
