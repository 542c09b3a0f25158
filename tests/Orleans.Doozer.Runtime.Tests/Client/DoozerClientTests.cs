using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Tests.Client;

/// <summary>What the client does when calls fail, are lost or say "not now".</summary>
public sealed class DoozerClientTests
{
    private readonly IGrainFactory _grains;
    private readonly FakeStore _store;
    private readonly DoozerClient _client;

    public DoozerClientTests()
    {
        (_grains, _store) = FakeStore.Create();
        _client = new DoozerClient(_grains, new DoozerClientOptions
        {
            RequestTimeout = TimeSpan.FromMilliseconds(400),
            AttemptTimeout = TimeSpan.FromMilliseconds(100),
            WatchWait = TimeSpan.FromMilliseconds(50),
        });
    }

    [Fact]
    public async Task Write_CallsAreLost_SameRequestGoesAgainUntilAnswered()
    {
        _store.OnWrite = attempt => attempt switch
        {
            0 => throw new TimeoutException("lost"),
            1 => Task.FromException<WriteReply>(new InvalidOperationException("the gateway fell")),
            2 => new TaskCompletionSource<WriteReply>().Task,
            _ => Reply(DoozerErrorCode.None, 9),
        };
        Assert.Equal(new Revision(9), await _client.SetAsync("/f", default, Revision.Clobber));
        Assert.Equal(4, _store.Writes.Count);
        var id = Assert.Single(_store.Writes.Select(request => request.Id).Distinct());
        Assert.Equal(7, id.Since);
    }

    [Fact]
    public async Task Write_Two_TheirIdsDiffer()
    {
        await _client.NopAsync();
        await _client.NopAsync();
        Assert.Equal([1L, 2L], _store.Writes.Select(request => request.Id.Sequence));
        Assert.Single(_store.Writes.Select(request => request.Id.Client).Distinct());
    }

    [Fact]
    public async Task Write_NeverAnswered_OutcomeUnknown()
    {
        _store.OnWrite = _ => new TaskCompletionSource<WriteReply>().Task;
        await Assert.ThrowsAsync<DoozerOutcomeUnknownException>(() => _client.NopAsync());
    }

    [Fact]
    public async Task Write_AlwaysUnavailable_NothingWasChanged()
    {
        _store.OnWrite = _ => Reply(DoozerErrorCode.Unavailable, 0);
        var error = await Assert.ThrowsAsync<DoozerUnavailableException>(() => _client.NopAsync());
        Assert.Contains("nothing was changed", error.Message, StringComparison.Ordinal);
        Assert.True(_store.Writes.Count > 2);
    }

    [Fact]
    public async Task Write_LostThenUnavailable_OutcomeUnknown()
    {
        // The lost attempt may have been carried out, whatever the others say.
        _store.OnWrite = attempt => attempt == 0 ? throw new TimeoutException("lost") : Reply(DoozerErrorCode.Unavailable, 0);
        await Assert.ThrowsAsync<DoozerOutcomeUnknownException>(() => _client.NopAsync());
    }

    [Fact]
    public async Task Write_LostThenFrontDoorFull_AsksOnForTheLogsAnswer()
    {
        _store.OnWrite = attempt => attempt switch
        {
            0 => throw new TimeoutException("lost"),
            1 => Reply(DoozerErrorCode.LimitExceeded, 0),
            _ => Reply(DoozerErrorCode.None, 3),
        };
        Assert.Equal(new Revision(3), await _client.NopAsync());
    }

    [Fact]
    public async Task Write_FrontDoorFull_IsToldAtOnce()
    {
        _store.OnWrite = _ => Reply(DoozerErrorCode.LimitExceeded, 0);
        var error = await Assert.ThrowsAsync<DoozerException>(() => _client.NopAsync());
        Assert.Equal(DoozerErrorCode.LimitExceeded, error.Code);
        Assert.Single(_store.Writes);
    }

    [Fact]
    public async Task Write_Cancelled_StopsWaiting()
    {
        using var cancel = new CancellationTokenSource();
        _store.OnWrite = _ => new TaskCompletionSource<WriteReply>().Task;
        var write = new DoozerClient(_grains).NopAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
    }

    [Fact]
    public async Task Write_NobodyAnswersAtAll_UnavailableAndNothingSent()
    {
        _store.OnRoute = () => throw new TimeoutException("no gateway");
        await Assert.ThrowsAsync<DoozerUnavailableException>(() => _client.NopAsync());
        Assert.Empty(_store.Writes);
    }

    [Fact]
    public void Constructor_WrongSetting_SaysWhich()
    {
        var error = Assert.Throws<ArgumentException>(
            () => new DoozerClient(_grains, new DoozerClientOptions { WatchWait = TimeSpan.FromSeconds(6) }));
        Assert.Contains("WatchWait", error.Message, StringComparison.Ordinal);
    }

    private static Task<WriteReply> Reply(DoozerErrorCode error, long revision) =>
        Task.FromResult(new WriteReply(error, error == DoozerErrorCode.None ? null : "said so", new Revision(revision), 8));
}
