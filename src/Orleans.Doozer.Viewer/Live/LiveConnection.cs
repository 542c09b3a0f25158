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
    WebSocket socket, ServingNode serving, FeedPump feeds, SessionInfo hello, TimeSpan sendTimeout, TimeProvider time, CancellationToken abort)
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
    public async Task ReceiveAsync()
    {
        var reader = new PageReader(socket);
        while (await reader.ReadAsync(abort) is { } message)
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
        await SendFrameAsync(JsonSerializer.SerializeToUtf8Bytes(hello with { Type = "hello" }, ViewerJson.Shapes.SessionInfo));
        while (!cancellationToken.IsCancellationRequested)
        {
            // Taken before anything is looked at: what changes meanwhile ends the wait at once.
            List<Task> wake = [_wanted.Changed];
            while (_refusals.Reader.TryRead(out var refusal))
            {
                await SendFrameAsync(JsonSerializer.SerializeToUtf8Bytes(refusal, ViewerJson.Shapes.ErrorFrame));
            }

            var rest = StateInterval;
            await SendStateAsync();
            rest = Shorter(rest, await SendSourcesAsync(wake, cancellationToken));
            await SendStateAsync();
            foreach (var frame in feeds.Step(_wanted.Feeds, wake, ref rest))
            {
                await SendFrameAsync(frame);
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
                await SendFrameAsync(frame);
            }
        }
        catch (DoozerTooLateException)
        {
            _wanted.Remove(source);
            var status = serving.Store.Status;
            var frame = new TooLateFrame("tooLate", source.Id, status.OldestRevision.Value, status.Revision.Value);
            await SendFrameAsync(JsonSerializer.SerializeToUtf8Bytes(frame, ViewerJson.Shapes.TooLateFrame));
        }
        catch (DoozerException exception)
        {
            _wanted.Remove(source);
            var frame = new ErrorFrame("error", source.Id, ViewerException.From(exception.Code, exception.Message).Code, exception.Message);
            await SendFrameAsync(JsonSerializer.SerializeToUtf8Bytes(frame, ViewerJson.Shapes.ErrorFrame));
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

    private async Task SendStateAsync()
    {
        var sources = _wanted.Sources;
        var isBehind = sources.Any(source => source.Cursor.MeasureLag() > LiveLag);
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
        await SendFrameAsync(JsonSerializer.SerializeToUtf8Bytes(frame, ViewerJson.Shapes.StateFrame));
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

    private async Task SendFrameAsync(byte[] frame)
    {
        // A cancelled sending aborts the socket: the page takes nothing and must connect again.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(abort);
        patience.CancelAfter(sendTimeout);
        await socket.SendAsync(frame.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
    }
}
