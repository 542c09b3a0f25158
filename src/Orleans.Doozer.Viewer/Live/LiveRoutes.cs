using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Doozer.Viewer.Access;
using Orleans.Doozer.Viewer.Feeds;

namespace Orleans.Doozer.Viewer.Live;

/// <summary>Lets pages connect, and ends their connections for one of four reasons that they know.</summary>
internal sealed partial class LiveRoutes(
    DoozerViewerOptions options, ViewerNode node, SessionStore sessions, SessionRoutes session, ClusterFeed cluster, PaxosFeed paxos,
    Series series, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<LiveRoutes> logger)
{
    private const int NotAMessage = 4400;
    private const int SessionEnded = 4401;
    private const int TryAgainLater = 1013;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);
    private int _sockets;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/live", ServeAsync).WithMetadata(Needs.Read);

    private async Task ServeAsync(HttpContext context)
    {
        var serving = node.Require();
        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw ViewerException.BadRequest("connect to this with a websocket");
        }

        try
        {
            if (Interlocked.Increment(ref _sockets) > options.MaxSockets)
            {
                throw new ViewerException(
                    StatusCodes.Status429TooManyRequests, "tooMany", $"{options.MaxSockets} pages are open on this node already, its limit");
            }

            await RunAsync(context, serving, context.Features.GetRequiredFeature<Caller>());
        }
        finally
        {
            Interlocked.Decrement(ref _sockets);
        }
    }

    private async Task RunAsync(HttpContext context, ServingNode serving, Caller caller)
    {
        var sessionEnd = caller.Session is { } name ? sessions.EndOf(name) : CancellationToken.None;
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, sessionEnd, serving.Stopped, lifetime.ApplicationStopping);

        // What is cancelled in the middle aborts the socket; the end lets both loops finish, and say why it closes.
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var connection = new LiveConnection(
            socket, serving, new FeedPump(serving, cluster, paxos, series, time), session.Describe(caller, csrf: null), options.SendTimeout, time,
            abort.Token);
        var sending = connection.SendAsync(end.Token);
        var receiving = connection.ReceiveAsync();
        await Task.WhenAny(sending, receiving);
        await end.CancelAsync();
        var code = sessionEnd.IsCancellationRequested ? SessionEnded
            : serving.Stopped.IsCancellationRequested ? TryAgainLater
            : lifetime.ApplicationStopping.IsCancellationRequested ? (int)WebSocketCloseStatus.EndpointUnavailable
            : receiving.Exception?.InnerException is JsonException ? NotAMessage
            : receiving.IsCompletedSuccessfully ? (int)WebSocketCloseStatus.NormalClosure
            : (int)WebSocketCloseStatus.InternalServerError;
        abort.CancelAfter(CloseTimeout);
        await FinishAsync(sending);
        await CloseAsync(socket, code, receiving.Exception?.InnerException is JsonException bad ? bad.Message : "", abort.Token);
        await FinishAsync(receiving);
    }

    private async Task CloseAsync(WebSocket socket, int code, string reason, CancellationToken cancellationToken)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        var shown = reason.Length <= 100 ? reason : reason[..100];
        await FinishAsync(socket.CloseOutputAsync((WebSocketCloseStatus)code, shown, cancellationToken));
    }

    /// <summary>Waits for a loop's end. That it was cancelled, that the page vanished or broke the rules is no fault of ours.</summary>
    private async Task FinishAsync(Task loop)
    {
        try
        {
            await loop;
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or JsonException or IOException)
        {
            LogEnded(exception.Message);
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The connection of a page ended: {Reason}")]
    private partial void LogEnded(string reason);

    [LoggerMessage(2, LogLevel.Error, "The connection of a page failed.")]
    private partial void LogFailed(Exception exception);
}
