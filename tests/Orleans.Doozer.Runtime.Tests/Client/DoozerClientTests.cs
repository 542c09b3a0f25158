using Microsoft.Extensions.Time.Testing;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Tests.Client;

/// <summary>What the client does when calls fail, are lost or say "not now".</summary>
public sealed class DoozerClientTests
{
    private readonly IGrainFactory _grains;
    private readonly FakeStore _store;
    private readonly DoozerClient _client;
    private readonly DoozerClient _impatient;

    public DoozerClientTests()
    {
        (_grains, _store) = FakeStore.Create();
        var attempt = TimeSpan.FromMilliseconds(100);
        _client = new DoozerClient(_grains, new DoozerClientOptions { AttemptTimeout = attempt });
        _impatient = new DoozerClient(_grains, new DoozerClientOptions { AttemptTimeout = attempt, RequestTimeout = 10 * attempt });
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
        // Long enough that a machine which stalls does not make one attempt more.
        var client = new DoozerClient(_grains, new DoozerClientOptions { AttemptTimeout = TimeSpan.FromSeconds(2) });
        Assert.Equal(new Revision(9), await client.SetAsync("/f", default, Revision.Clobber));
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
        await Assert.ThrowsAsync<DoozerOutcomeUnknownException>(() => _impatient.NopAsync());
    }

    [Fact]
    public async Task Write_AlwaysUnavailable_NothingWasChanged()
    {
        _store.OnWrite = _ => Reply(DoozerErrorCode.Unavailable, 0);
        var error = await Assert.ThrowsAsync<DoozerUnavailableException>(() => _impatient.NopAsync());
        Assert.Contains("nothing was changed", error.Message, StringComparison.Ordinal);
        Assert.True(_store.Writes.Count > 2);
    }

    [Fact]
    public async Task Write_LostThenUnavailable_OutcomeUnknown()
    {
        // The lost attempt may have been carried out, whatever the others say.
        _store.OnWrite = attempt => attempt == 0 ? throw new TimeoutException("lost") : Reply(DoozerErrorCode.Unavailable, 0);
        await Assert.ThrowsAsync<DoozerOutcomeUnknownException>(() => _impatient.NopAsync());
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
        await Assert.ThrowsAsync<DoozerUnavailableException>(() => _impatient.NopAsync());
        Assert.Empty(_store.Writes);
    }

    [Fact]
    public async Task Write_DoorAnswersNobody_GoesThroughAnotherBeforeTheAttemptIsOver()
    {
        var time = new FakeTimeProvider();
        var client = new DoozerClient(
            _grains, new DoozerClientOptions { AttemptTimeout = TimeSpan.FromDays(1), RequestTimeout = TimeSpan.FromDays(2) }, time);
        _store.OnWrite = attempt => attempt == 0 ? new TaskCompletionSource<WriteReply>().Task : Reply(DoozerErrorCode.None, 9);

        var write = client.NopAsync();
        Assert.Single(_store.Writes);
        time.Advance(TimeSpan.FromMilliseconds(599));
        Assert.Single(_store.Writes);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!write.IsCompleted)
        {
            // The attempt, and the pause after it.
            patience.Token.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.Equal(new Revision(9), await write);
        Assert.Single(_store.Writes.Select(request => request.Id).Distinct());
    }

    [Fact]
    public async Task Write_DoorAnswersOthers_WaitsAsLongAsAnAttemptMay()
    {
        var time = new FakeTimeProvider();
        var client = new DoozerClient(_grains, new DoozerClientOptions { FrontDoors = 1 }, time);
        var slow = new TaskCompletionSource<WriteReply>();
        _store.OnWrite = attempt => attempt == 0 ? slow.Task : Reply(DoozerErrorCode.None, 9);

        var write = client.NopAsync();
        time.Advance(TimeSpan.FromMilliseconds(400));
        await client.NopAsync();
        time.Advance(TimeSpan.FromMilliseconds(2500));
        Assert.Equal(2, _store.Writes.Count);

        slow.SetResult(new(DoozerErrorCode.None, null, new Revision(3), 8));
        Assert.Equal(new Revision(3), await write.WaitAsync(TimeSpan.FromSeconds(10)));
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
