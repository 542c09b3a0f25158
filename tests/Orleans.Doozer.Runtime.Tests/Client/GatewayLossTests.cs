using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Tests.Client;

/// <summary>Calls that are under way when the client loses a gateway; by time alone none of them would be given up here.</summary>
public sealed class GatewayLossTests
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly GatewayLosses _losses = new();
    private readonly FakeStore _store;
    private readonly DoozerClient _client;

    public GatewayLossTests()
    {
        (var grains, _store) = FakeStore.Create();
        _client = new DoozerClient(
            grains, new DoozerClientOptions { SilenceTimeout = Long, AttemptTimeout = Long, RequestTimeout = Long }, _losses, time: null);
    }

    [Fact]
    public async Task Write_UnderWayWhenAGatewayIsLost_GoesAgainWithTheSameId()
    {
        _store.OnWrite = attempt => attempt == 0 ? new TaskCompletionSource<WriteReply>().Task : Reply(9);
        var write = _client.NopAsync();
        Assert.Single(_store.Writes);

        _losses.Lost();

        Assert.Equal(new Revision(9), await write.WaitAsync(Patience));
        Assert.Equal(2, _store.Writes.Count);
        Assert.Single(_store.Writes.Select(request => request.Id).Distinct());
    }

    [Fact]
    public async Task Write_AfterAGatewayWasLost_IsMadeOnce()
    {
        _losses.Lost();
        _store.OnWrite = _ => Reply(3);
        Assert.Equal(new Revision(3), await _client.NopAsync().WaitAsync(Patience));
        Assert.Single(_store.Writes);
    }

    [Fact]
    public async Task Read_UnderWayWhenAGatewayIsLost_IsAskedAgain()
    {
        using var asked = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        var gets = 0;
        _store.OnGet = request =>
        {
            if (Interlocked.Increment(ref gets) == 1)
            {
                asked.Release();
                release.Wait();
            }

            return new GetReply(new ReadStatus(DoozerErrorCode.None, null, new Revision(5), 7), new DoozerEntry(request.Path, default, new Revision(5)));
        };
        var read = _client.GetAsync("/f");
        await asked.WaitAsync(Patience);

        _losses.Lost();

        Assert.Equal(new Revision(5), (await read.WaitAsync(Patience))!.Revision);
        Assert.Equal(2, gets);
        release.Set();
    }

    [Fact]
    public async Task Watch_WaitingWhenAGatewayIsLost_FollowsAgain()
    {
        using var again = new SemaphoreSlim(0);
        _store.OnFollow =
        [
            () => new TaskCompletionSource<WatchStreamReply>().Task,
            () =>
            {
                again.Release();
                return new TaskCompletionSource<WatchStreamReply>().Task;
            },
        ];
        using var stop = new CancellationTokenSource();
        var watch = Task.Run(async () =>
        {
            await foreach (var _ in _client.WatchAsync("/app/*", new Revision(6), stop.Token))
            {
            }
        });
        await ClientWatchTests.UntilAsync(() => !_store.Changes.IsEmpty);

        _losses.Lost();

        Assert.True(await again.WaitAsync(Patience));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch);
    }

    private static Task<WriteReply> Reply(long revision) => Task.FromResult(new WriteReply(DoozerErrorCode.None, null, new Revision(revision), 8));
}
