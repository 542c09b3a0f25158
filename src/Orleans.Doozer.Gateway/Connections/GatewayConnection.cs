using System.Buffers;
using Google.Protobuf;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Runtime;

namespace Orleans.Doozer.Gateway.Connections;

/// <summary>One client: reads its frames in order and lets the requests run side by side.</summary>
internal sealed class GatewayConnection
{
    private readonly ConnectionContext _context;
    private readonly DoozerGatewayOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly Session _session;
    private readonly ResponseSender _sender;
    private readonly RequestRunner _runner;

    public GatewayConnection(
        ConnectionContext context,
        IStoreNode node,
        DoozerGatewayOptions options,
        GatewayMetrics metrics,
        ILogger logger,
        TimeProvider clock)
    {
        _context = context;
        _options = options;
        _logger = logger;
        _clock = clock;
        _session = new(node, options, metrics);
        _sender = new(context.Transport.Output, options, FreeSlots, FailSending, clock);
        _runner = new(_session, _sender.Send, metrics, logger, context.ConnectionId);
    }

    /// <summary>Serves the client until one side ends the connection. Nothing of it is left then but writes that are under way.</summary>
    public async Task RunAsync()
    {
        // The transport says "closed" when the client has ended its side; frames that came before are still to be read.
        using var closed = _context.ConnectionClosed.Register(_session.End);
        using var stopping = _context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            .Register(_context.Transport.Input.CancelPendingRead) ?? default;
        var sending = _sender.RunAsync();
        var protest = false;
        try
        {
            protest = await ReadAsync();
        }
        catch (Exception problem) when (problem is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // The connection broke, or the client was disconnected for not reading.
            _session.Abort();
        }
        finally
        {
            _session.End();
            await _runner.DrainAsync(_options.DrainTimeout, _clock);
            _sender.Complete();
            await sending;
            _session.Abort();
        }

        if (protest)
        {
            await Linger.DiscardAsync(_context.Transport.Input);
        }
    }

    /// <summary>Reads and starts requests until the client ends; true when it is the server that ends it, with a protest.</summary>
    private async Task<bool> ReadAsync()
    {
        var input = _context.Transport.Input;
        while (true)
        {
            var result = await input.ReadAsync();
            var buffer = result.Buffer;
            while (true)
            {
                var status = FrameReader.TryRead(ref buffer, _options.MaxFrameBytes, out var frame, out var length);
                if (status == FrameStatus.Incomplete)
                {
                    break;
                }

                var goesOn = status == FrameStatus.Complete
                    ? await StartAsync(frame)
                    : Protest($"a frame has the length {length}; the limit is {_options.MaxFrameBytes} bytes");
                if (!goesOn)
                {
                    input.AdvanceTo(buffer.Start);
                    return true;
                }
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || result.IsCanceled)
            {
                return false;
            }
        }
    }

    private async ValueTask<bool> StartAsync(ReadOnlySequence<byte> frame)
    {
        IncomingRequest request;
        try
        {
            request = IncomingRequest.Parser.ParseFrom(frame);
        }
        catch (InvalidProtocolBufferException)
        {
            return Protest("a request cannot be decoded; it is no protobuf message");
        }

        await _runner.StartAsync(request);
        if (_session.Rights.Failures < _options.MaxFailedAccess)
        {
            return true;
        }

        _logger.Protested(_context.ConnectionId, _context.RemoteEndPoint, "too many wrong secrets");
        return false;
    }

    private bool Protest(string reason)
    {
        _logger.Protested(_context.ConnectionId, _context.RemoteEndPoint, reason);
        _sender.Send(Refusals.Other(reason), holdsSlot: false);
        return false;
    }

    private void FreeSlots(int count) => _runner.FreeSlots(count);

    private void FailSending(string? reason)
    {
        _session.Abort();
        if (reason is not null)
        {
            _logger.TooSlow(_context.ConnectionId, _context.RemoteEndPoint, reason);
            _context.Abort(new ConnectionAbortedException(reason));
        }

        // A broken connection may have been noticed by the sender alone.
        _context.Transport.Input.CancelPendingRead();
    }
}
