using System.Net.Sockets;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Wire;

/// <summary>One TCP connection; any number of requests may be under way on it, told apart by their tags.</summary>
internal sealed class WireConnection : IDisposable
{
    private readonly NetworkStream stream;
    private readonly RequestWriter writer;
    private readonly Lock gate = new();
    private readonly Dictionary<int, TaskCompletionSource<Response>> pending = [];
    private int nextTag;
    private Exception? failure;

    private WireConnection(Socket socket, ServerAddress address)
    {
        stream = new NetworkStream(socket, ownsSocket: true);
        Address = address;

        // Part of a frame may have left, so all that waits counts as sent.
        writer = new RequestWriter(stream, exception => Fail(new ConnectionLostException(Address, exception.Message, isSent: true)));
        _ = ReadAnswersAsync();
    }

    internal ServerAddress Address { get; }

    internal bool IsOpen
    {
        get
        {
            lock (gate)
            {
                return failure is null;
            }
        }
    }

    internal static async Task<WireConnection> OpenAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A watch may be silent for days: without probes a host that vanished would look like one with nothing to say.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            return new WireConnection(socket, address);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one request (its tag is chosen here) and waits for its answer, whatever the answer says.</summary>
    internal async Task<Response> CallAsync(Request request, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<Response>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.ThrowIfCancellationRequested();
        (request.Tag, var isAlone) = Register(answer);
        writer.Send(request, isAlone);
        return await answer.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => Fail(new ConnectionLostException(Address, "closed by this client", isSent: true));

    private (int Tag, bool IsAlone) Register(TaskCompletionSource<Response> answer)
    {
        lock (gate)
        {
            if (failure is not null)
            {
                throw failure switch
                {
                    ConnectionLostException lost => lost.BeforeSending(),
                    WireProtocolException protocol => protocol.BeforeSending(),
                    _ => failure,
                };
            }

            while (!pending.TryAdd(nextTag, answer))
            {
                nextTag = nextTag == int.MaxValue ? 0 : nextTag + 1;
            }

            int tag = nextTag;
            nextTag = nextTag == int.MaxValue ? 0 : nextTag + 1;
            return (tag, pending.Count == 1);
        }
    }

    private async Task ReadAnswersAsync()
    {
        try
        {
            var reader = new FrameReader(stream, Address);
            while (await reader.ReadAsync(CancellationToken.None) is { } response)
            {
                Complete(response);
            }

            Fail(new ConnectionLostException(Address, "closed by the server", isSent: true));
        }
        catch (WireProtocolException exception)
        {
            Fail(exception);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            string reason = exception.InnerException is SocketException socketException
                ? ConnectFailure.Describe(socketException)
                : exception.Message;
            Fail(new ConnectionLostException(Address, reason, isSent: true));
        }
    }

    private void Complete(Response response)
    {
        TaskCompletionSource<Response>? answer;
        lock (gate)
        {
            // An answer nobody waits for would leave its real owner waiting for ever.
            if (!response.HasTag || !pending.Remove(response.Tag, out answer))
            {
                throw new WireProtocolException(
                    Address, response.HasTag ? "it answered a request never made" : "an answer has no tag");
            }
        }

        answer.SetResult(response);
    }

    private void Fail(Exception reason)
    {
        TaskCompletionSource<Response>[] orphans;
        lock (gate)
        {
            failure ??= reason;
            orphans = [.. pending.Values];
            pending.Clear();
        }

        stream.Dispose();
        foreach (TaskCompletionSource<Response> orphan in orphans)
        {
            orphan.TrySetException(reason);
        }
    }
}
