using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Tests.Client;

/// <summary>Requests of a client that share a call.</summary>
public sealed class SharedCallTests
{
    private const int Burst = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly FakeStore _store;
    private readonly DoozerClient _client;

    public SharedCallTests()
    {
        (var grains, _store) = FakeStore.Create();
        // Nothing is given up and asked again for being slow: only what a test loses is.
        _client = new DoozerClient(grains, new DoozerClientOptions { SilenceTimeout = Patience, AttemptTimeout = Patience });
    }

    [Fact]
    public async Task Write_Alone_HasItsOwnCall()
    {
        await _client.NopAsync();
        await _client.NopAsync();
        Assert.Empty(_store.WriteCalls);
        Assert.Equal(2, _store.Writes.Count);
    }

    [Fact]
    public async Task Writes_ThatComeTogether_ShareCallsAndAreEachCarriedOutOnce()
    {
        _store.OnWrite = _ => Reply(1);
        await BurstUntilAsync(() => _store.WriteCalls.Any(count => count > 1), number => _client.SetAsync($"/f/{number}", default, Revision.Clobber));
        Assert.All(_store.WriteCalls, count => Assert.InRange(count, 2, StoreBatches.MaxRequests));
        Assert.Equal(_store.Writes.Count, _store.Writes.Select(request => request.Id).Distinct().Count());
    }

    [Fact]
    public async Task Writes_WhileACallIsNotAnswered_DoNotWaitForIt()
    {
        var frozen = new TaskCompletionSource<WriteReply>();
        _store.OnWrite = attempt => attempt == 0 ? frozen.Task : Reply(attempt);
        var first = _client.NopAsync();
        await Task.WhenAll(Enumerable.Range(0, Burst).Select(_ => _client.NopAsync())).WaitAsync(Patience);
        Assert.False(first.IsCompleted);
        frozen.SetResult(await Reply(7));
        Assert.Equal(new Revision(7), await first.WaitAsync(Patience));
    }

    [Fact]
    public async Task Writes_WhoseCallIsLost_GoAgainWithTheirIds()
    {
        var lost = 0;
        _store.OnWriteAll = requests => Interlocked.Exchange(ref lost, requests.Length) == 0 ? new TimeoutException("lost") : null;
        _store.OnWrite = _ => Reply(1);
        await BurstUntilAsync(() => lost > 0, _ => _client.NopAsync());
        Assert.True(_store.Writes.GroupBy(request => request.Id).Count(attempts => attempts.Count() == 2) > 1);
    }

    [Fact]
    public async Task Reads_ThatComeTogether_AreEachAnswered()
    {
        _store.OnGetAll = requests => [.. requests.Select(_store.OnGet)];
        await BurstUntilAsync(() => _store.GetCalls.Any(count => count > 1), ReadAsync);
    }

    [Fact]
    public async Task Reads_ThatAnAnswerHadNoRoomFor_AreAskedForAgain()
    {
        _store.OnGetAll = requests => [.. requests.Select((request, index) => index == 0 ? _store.OnGet(request) : null)];
        await BurstUntilAsync(() => _store.GetCalls.Any(count => count > 1), ReadAsync);
    }

    private async Task ReadAsync(int number) => Assert.Equal($"/f/{number}", (await _client.GetAsync($"/f/{number}"))!.Path);

    /// <summary>How many of a burst share a call is up to the threads.</summary>
    private static async Task BurstUntilAsync(Func<bool> isSo, Func<int, Task> request)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.WhenAll(Enumerable.Range(0, Burst).Select(request)).WaitAsync(patience.Token);
        }
    }

    private static async Task<WriteReply> Reply(int revision)
    {
        // Not at once, or no request would find another one under way.
        await Task.Yield();
        return new WriteReply(DoozerErrorCode.None, null, new Revision(revision), revision);
    }
}
