using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Viewer.Api;
using Orleans.Doozer.Viewer.Feeds;

namespace Orleans.Doozer.Viewer.Live;

/// <summary>
/// One open page. A loop sends what there is, at most ten frames a second for each thing followed, and only when the page has taken what
/// was sent before: the next frame is made of what is in the store then.
/// </summary>
internal sealed class LiveConnection(
    WebSocket socket, ServingNode serving, FeedPump feeds, SessionInfo hello, TimeSpan sendTimeout, TimeProvider time)
{
    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StateInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LiveLag = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private readonly Subscriptions _wanted = new(serving, time);
    private readonly Channel<ErrorFrame> _refusals =
        Channel.CreateBounded<ErrorFrame>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropWrite });

    private Task? _news;
    private long? _framedAt;
    private long? _stateAt;
    private string _state = "";

    /// <summary>Takes the page's messages until it closes.</summary>
    /// <exception cref="JsonException">It sent what is no message.</exception>
    public async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var reader = new PageReader(socket);
        while (await reader.ReadAsync(cancellationToken) is { } message)
        {
            if (_wanted.Take(message) is { } refusal)
            {
                _refusals.Writer.TryWrite(refusal);
            }
        }
    }

    /// <summary>Sends until the connection ends.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        await SendAsync(JsonSerializer.SerializeToUtf8Bytes(hello with { Type = "hello", Csrf = null }, ViewerJson.Shapes.SessionInfo), cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            // Taken before anything is looked at: what changes meanwhile ends the wait at once.
            List<Task> wake = [_wanted.Changed];
            while (_refusals.Reader.TryRead(out var refusal))
            {
                await SendAsync(JsonSerializer.SerializeToUtf8Bytes(refusal, ViewerJson.Shapes.ErrorFrame), cancellationToken);
            }

            var rest = StateInterval;
            await SendStateAsync(cancellationToken);
            rest = Shorter(rest, await SendSourcesAsync(wake, cancellationToken));
            await SendStateAsync(cancellationToken);
            foreach (var frame in feeds.Step(_wanted.Feeds, wake, ref rest))
            {
                await SendAsync(frame, cancellationToken);
            }

            rest = Shorter(rest, StateInterval - time.GetElapsedTime(_stateAt!.Value));
            await WaitAsync(wake, rest, cancellationToken);
        }
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    /// <returns>How long there is nothing to do.</returns>
    private async Task<TimeSpan> SendSourcesAsync(List<Task> wake, CancellationToken cancellationToken)
    {
        var sources = _wanted.Sources;
        if (sources.Count == 0)
        {
            return StateInterval;
        }

        var rest = FrameInterval - (_framedAt is { } framed ? time.GetElapsedTime(framed) : FrameInterval);
        if (sources.All(source => source.Cursor.Behind == 0) && sources.All(source => !source.Cursor.IsProgressDue))
        {
            // A wait for the store's next change is left standing over several rounds.
            if (_news is not { IsCompleted: false })
            {
                await (_news ?? Task.CompletedTask);
                _news = WaitForNewsAsync(sources.Min(source => source.Cursor.Next.Value), cancellationToken);
            }

            wake.Add(_news);
            return StateInterval;
        }

        if (rest > TimeSpan.Zero)
        {
            return rest;
        }

        _framedAt = time.GetTimestamp();
        foreach (var source in sources)
        {
            await SendSourceAsync(source, cancellationToken);
        }

        return TimeSpan.Zero;
    }

    private async Task SendSourceAsync(ISource source, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var frame in await source.ReadAsync(cancellationToken))
            {
                await SendAsync(frame, cancellationToken);
            }
        }
        catch (DoozerTooLateException)
        {
            _wanted.Remove(source);
            var status = serving.Store.Status;
            var frame = new TooLateFrame("tooLate", source.Id, status.OldestRevision.Value, status.Revision.Value);
            await SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame, ViewerJson.Shapes.TooLateFrame), cancellationToken);
        }
        catch (DoozerException exception)
        {
            _wanted.Remove(source);
            var frame = new ErrorFrame("error", source.Id, ViewerException.From(exception.Code, exception.Message).Code, exception.Message);
            await SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame, ViewerJson.Shapes.ErrorFrame), cancellationToken);
        }
    }

    /// <summary>Waits for a revision that nobody was told of, from before the look that found none.</summary>
    private async Task WaitForNewsAsync(long next, CancellationToken cancellationToken)
    {
        var reply = await serving.Store.WatchAsync(new WatchRequest(Glob.Everything.Pattern, new(next), LongestWait, 1), cancellationToken);
        if (reply.Status.Error is not (DoozerErrorCode.None or DoozerErrorCode.TooLate))
        {
            throw DoozerException.From(reply.Status.Error, reply.Status.Detail);
        }
    }

    private async Task SendStateAsync(CancellationToken cancellationToken)
    {
        var sources = _wanted.Sources;
        var isBehind = sources.Count(source => source.Cursor.MeasureLag() > LiveLag) > 0;
        var state = isBehind ? "behind" : "live";
        if (state == _state && _stateAt is { } sent && time.GetElapsedTime(sent) < StateInterval)
        {
            return;
        }

        _state = state;
        _stateAt = time.GetTimestamp();
        var status = serving.Store.Status;
        var behind = isBehind ? sources.Max(source => source.Cursor.Behind) : 0;
        var frame = new StateFrame("state", state, status.Revision.Value, status.OldestRevision.Value, behind);
        await SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame, ViewerJson.Shapes.StateFrame), cancellationToken);
    }

    private async Task WaitAsync(List<Task> wake, TimeSpan rest, CancellationToken cancellationToken)
    {
        if (rest > TimeSpan.Zero)
        {
            using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            wake.Add(Task.Delay(rest, time, done.Token));
            await Task.WhenAny(wake);
            await done.CancelAsync();
        }
    }

    private async Task SendAsync(byte[] frame, CancellationToken cancellationToken)
    {
        // A cancelled sending aborts the socket: the page takes nothing and must connect again.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(sendTimeout);
        await socket.SendAsync(frame.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
    }
}
