using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>
/// The register's own TCP listener: up before the silo, since the silo cannot start without the table. Garbage closes the
/// connection it came on and nothing else.
/// </summary>
/// <param name="endpoint">Where to listen; port 0 takes a free one.</param>
/// <param name="handler">Answers one request of the cluster, and for the node (or nobody in particular), that its sender names.</param>
/// <param name="logger">The log.</param>
public sealed class RegisterListener(
    IPEndPoint endpoint, Func<string, NodeId, RegisterRequest, CancellationToken, Task<RegisterReply>> handler, ILogger logger) : IAsyncDisposable
{
    /// <summary>Connections beyond this are closed at once: a listener that others can fill must still answer those it has.</summary>
    public const int ConnectionLimit = 512;

    private static readonly TimeSpan FrameTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(2);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<TcpClient, Task> _connections = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Where it listens, once started.</summary>
    public IPEndPoint LocalEndpoint => (IPEndPoint)(_listener ?? throw new InvalidOperationException("not started")).LocalEndpoint;

    /// <summary>Starts listening.</summary>
    /// <exception cref="SocketException">The address cannot be had.</exception>
    public void Start()
    {
        _listener = new TcpListener(endpoint);
        _listener.Start(backlog: 128);
        _accepting = AcceptAsync(_listener);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener?.Dispose();
        foreach (var client in _connections.Keys)
        {
            client.Dispose();
        }

        await _accepting;
        await Task.WhenAll(_connections.Values);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(_stopping.Token);
                if (_connections.Count >= ConnectionLimit)
                {
                    client.Dispose();
                    continue;
                }

                // Registered before it runs, so that a connection that ends at once is taken out after it was put in.
                var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _connections[client] = ServeAfterAsync(started.Task, client);
                started.SetResult();
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                if (!_stopping.IsCancellationRequested)
                {
                    logger.AcceptFailed(exception);
                    await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
                }
            }
        }
    }

    private async Task ServeAfterAsync(Task started, TcpClient client)
    {
        await started;
        try
        {
            using (client)
            {
                await ServeAsync(client);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidDataException
            or OperationCanceledException or ObjectDisposedException or RegisterUnavailableException)
        {
            logger.ConnectionClosed(exception.Message);
        }
        catch (Exception exception)
        {
            logger.ConnectionFailed(exception);
        }
        finally
        {
            _connections.TryRemove(client, out _);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        FrameStream.Tune(client.Client);
        var stream = client.GetStream();
        while (true)
        {
            // A half-open peer says nothing for ever; its connection is let go. A living client connects again.
            using var idle = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            idle.CancelAfter(IdleTimeout);
            if (await FrameStream.ReadAsync(stream, FrameTimeout, idle.Token) is not { } frame)
            {
                return;
            }

            var (clusterId, to, request) = Frames.DecodeRequest(frame.Span);
            var reply = await handler(clusterId, to, request, _stopping.Token);
            using var sending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            sending.CancelAfter(FrameTimeout);
            await FrameStream.WriteAsync(stream, Frames.Encode(clusterId, reply), sending.Token);
        }
    }
}
