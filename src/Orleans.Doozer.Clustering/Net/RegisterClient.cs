using System.Collections.Concurrent;
using System.Net.Sockets;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>
/// Calls register listeners, over one connection for each. A call that fails or times out leaves its outcome unknown;
/// every request may be sent again.
/// </summary>
/// <param name="connectTimeout">How long opening a connection may take.</param>
/// <param name="callTimeout">How long a whole call may take, waiting for calls before it included.</param>
/// <param name="time">The clock.</param>
public sealed class RegisterClient(TimeSpan connectTimeout, TimeSpan callTimeout, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);

    /// <summary>Calls the listener at <paramref name="address"/>, whoever that is, or only if it is <paramref name="to"/>.</summary>
    /// <exception cref="IOException">There was no answer, or one that is none; the message says which.</exception>
    public async Task<RegisterReply> CallAsync(
        string address, string clusterId, RegisterRequest request, CancellationToken cancellationToken, NodeId to = default)
    {
        var connection = _connections.GetOrAdd(address, key => new Connection(key, connectTimeout));
        using var timeout = new CancellationTokenSource(callTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var frame = await connection.CallAsync(Frames.Encode(clusterId, to, request), linked.Token);
            return Frames.DecodeReply(frame.Span);
        }
        catch (InvalidDataException exception)
        {
            throw new IOException($"{address}: what answers there is no membership register: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException($"{address}: {exception.Message}", exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{address}: no answer within {callTimeout.TotalSeconds:0.#} s");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var connection in _connections.Values)
        {
            connection.Dispose();
        }
    }

    private sealed class Connection(string address, TimeSpan connectTimeout) : IDisposable
    {
        private readonly SemaphoreSlim _turn = new(1);
        private TcpClient? _client;
        private volatile bool _closed;

        public async Task<ReadOnlyMemory<byte>> CallAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                var reused = _client is not null;
                try
                {
                    return await ExchangeAsync(request, cancellationToken);
                }
                catch (Exception exception) when (reused && exception is (IOException or SocketException))
                {
                    // The listener went away since the last call, perhaps to come back: one fresh connection tells.
                    Drop();
                    return await ExchangeAsync(request, cancellationToken);
                }
            }
            catch
            {
                // After a failure an answer may still be under way on this connection; it must not meet the next request.
                Drop();
                throw;
            }
            finally
            {
                _turn.Release();
            }
        }

        // The semaphore has no handle to free, and calls under way still release it.
        public void Dispose()
        {
            _closed = true;
            Drop();
        }

        private async Task<ReadOnlyMemory<byte>> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            var client = _client ??= await ConnectAsync(cancellationToken);
            var stream = client.GetStream();
            await FrameStream.WriteAsync(stream, request, cancellationToken);
            return await FrameStream.ReadAsync(stream, connectTimeout * 4, cancellationToken)
                ?? throw new IOException("the listener closed the connection");
        }

        private async Task<TcpClient> ConnectAsync(CancellationToken cancellationToken)
        {
            if (!RegisterAddress.TryParse(address, out var host, out var port))
            {
                throw new IOException("this is no address");
            }

            var client = new TcpClient();
            try
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                deadline.CancelAfter(connectTimeout);
                await client.ConnectAsync(host, port, deadline.Token);
                FrameStream.Tune(client.Client);
                return client;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                client.Dispose();
                throw new IOException($"no connection within {connectTimeout.TotalMilliseconds:0} ms");
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }

        private void Drop() => Interlocked.Exchange(ref _client, null)?.Dispose();
    }
}
