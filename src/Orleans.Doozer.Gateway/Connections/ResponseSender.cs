using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Threading.Channels;
using Google.Protobuf;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Connections;

/// <summary>
/// The only writer of a connection. Answers come from any thread in any order; what is there at once is written together and flushed
/// once.
/// </summary>
/// <param name="output">Where to write.</param>
/// <param name="options">The bounds for clients that do not read.</param>
/// <param name="onSent">Told how many slots of <see cref="DoozerGatewayOptions.MaxOutstanding"/> are free again: a slot is held until
/// its answer has been sent, so a client that does not read is soon not read from either.</param>
/// <param name="onFailed">Told once when no more can be sent; with a reason when that is the client's fault.</param>
/// <param name="clock">Measures the flush.</param>
internal sealed class ResponseSender(
    PipeWriter output, DoozerGatewayOptions options, Action<int> onSent, Action<string?> onFailed, TimeProvider clock)
{
    private const int FlushBytes = 64 * 1024;

    private readonly Channel<Outgoing> _queue = Channel.CreateUnbounded<Outgoing>(new() { SingleReader = true });
    private long _unsent;
    private int _failed;
    private int _slotsToFree;

    /// <summary>Queues an answer; forgotten when the connection has ended.</summary>
    public void Send(Response response, bool holdsSlot)
    {
        var size = response.CalculateSize();
        var unsent = Interlocked.Add(ref _unsent, size + FrameReader.HeaderBytes);
        if (!_queue.Writer.TryWrite(new(response, size, holdsSlot)))
        {
            return;
        }

        // One answer alone may be as large as it likes: the bound is for what piles up.
        if (unsent > options.MaxUnsentBytes && unsent > size + FrameReader.HeaderBytes)
        {
            Fail($"it left more than {options.MaxUnsentBytes} bytes unread");
        }
    }

    /// <summary>There will be no more answers; <see cref="RunAsync"/> ends when all are sent.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Sends until <see cref="Complete"/>, or until it fails.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync())
            {
                if (!await SendQueuedAsync())
                {
                    Fail(null);
                    return;
                }
            }
        }
        catch (TimeoutException)
        {
            Fail($"it took nothing for {options.SendTimeout.TotalSeconds:0.###} s");
        }
        catch (Exception problem) when (problem is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The connection broke, or was aborted while it was written to.
            Fail(null);
        }
        finally
        {
            Complete();
        }
    }

    private async ValueTask<bool> SendQueuedAsync()
    {
        var unflushed = 0L;
        while (Volatile.Read(ref _failed) == 0 && _queue.Reader.TryRead(out var next))
        {
            Write(next);
            _slotsToFree += next.HoldsSlot ? 1 : 0;
            unflushed += next.Size + FrameReader.HeaderBytes;
            if (unflushed >= FlushBytes)
            {
                if (!await FlushAsync(unflushed))
                {
                    return false;
                }

                unflushed = 0;
            }
        }

        return Volatile.Read(ref _failed) == 0 && (unflushed == 0 || await FlushAsync(unflushed));
    }

    private void Write(in Outgoing next)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(FrameReader.HeaderBytes), next.Size);
        output.Advance(FrameReader.HeaderBytes);
        next.Response.WriteTo(output);
    }

    private async ValueTask<bool> FlushAsync(long bytes)
    {
        var flush = output.FlushAsync();
        var result = flush.IsCompleted ? await flush : await flush.AsTask().WaitAsync(options.SendTimeout, clock);
        Interlocked.Add(ref _unsent, -bytes);
        if (_slotsToFree > 0)
        {
            onSent(_slotsToFree);
            _slotsToFree = 0;
        }

        return !result.IsCompleted && !result.IsCanceled;
    }

    private void Fail(string? reason)
    {
        Complete();
        if (Interlocked.Exchange(ref _failed, 1) == 0)
        {
            onFailed(reason);
        }
    }

    private readonly record struct Outgoing(Response Response, int Size, bool HoldsSlot);
}
