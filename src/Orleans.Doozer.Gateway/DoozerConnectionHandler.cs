using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Doozer.Gateway.Connections;
using Orleans.Doozer.Runtime;

namespace Orleans.Doozer.Gateway;

/// <summary>Serves Doozer's TCP protocol on the connections of a Kestrel listener.</summary>
public sealed class DoozerConnectionHandler : ConnectionHandler
{
    private const int KeepAliveProbes = 3;
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(10);

    private readonly IStoreNodes _nodes;
    private readonly DoozerGatewayOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly ILogger<DoozerConnectionHandler> _logger;
    private readonly TimeProvider _clock;

    /// <summary>Makes a handler; it serves any number of connections.</summary>
    /// <param name="nodes">The stores on this node.</param>
    /// <param name="options">What to serve, and the limits.</param>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="logger">Told of clients that break the rules.</param>
    /// <param name="clock">For tests; null is the system's clock.</param>
    public DoozerConnectionHandler(
        IStoreNodes nodes,
        IOptions<DoozerGatewayOptions> options,
        IMeterFactory meters,
        ILogger<DoozerConnectionHandler> logger,
        TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(meters);
        _nodes = nodes;
        _options = options.Value;
        _metrics = new(meters);
        _logger = logger;
        _clock = clock ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _logger.Connected(connection.ConnectionId, connection.RemoteEndPoint);
        _metrics.Connections.Add(1);
        try
        {
            KeepAlive(connection);
            var node = _nodes.Get(_options.Store);
            await new GatewayConnection(connection, node, _options, _metrics, _logger, _clock).RunAsync();
        }
        catch (DoozerException problem)
        {
            // The store is not here: a mistake in the configuration, or a silo that is just starting. The client may come again.
            _logger.Protested(connection.ConnectionId, connection.RemoteEndPoint, problem.Message);
        }
        catch (Exception problem)
        {
            // Kestrel would log it as its own; and a connection must never take the others down with it.
            _logger.ConnectionFailed(problem, connection.ConnectionId);
            connection.Abort(new ConnectionAbortedException("the gateway failed", problem));
        }
        finally
        {
            _metrics.Connections.Add(-1);
            _logger.Disconnected(connection.ConnectionId);
        }
    }

    /// <summary>A client that vanished without a word, half-open, would otherwise keep its waits for ever.</summary>
    private void KeepAlive(ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { ProtocolType: ProtocolType.Tcp } socket)
        {
            return;
        }

        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(
                SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Math.Max(1, (int)_options.KeepAlive.TotalSeconds));
            socket.SetSocketOption(
                SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)KeepAliveInterval.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // The client was quick to leave; the first read says so.
        }
    }
}
