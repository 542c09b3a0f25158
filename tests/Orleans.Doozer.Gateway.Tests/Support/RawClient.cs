using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Tests.Support;

/// <summary>A client that speaks frames and nothing more.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Socket _socket;

    public RawClient(Socket socket, Stream? stream = null)
    {
        _socket = socket;
        Stream = stream ?? new NetworkStream(socket);
    }

    public Stream Stream { get; }

    public static async Task<RawClient> ConnectAsync(IPEndPoint address, Action<Socket>? configure = null)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        configure?.Invoke(socket);
        await socket.ConnectAsync(address);
        return new(socket);
    }

    public static byte[] Frame(params Request[] requests)
    {
        using var frames = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        foreach (var request in requests)
        {
            BinaryPrimitives.WriteInt32BigEndian(length, request.CalculateSize());
            frames.Write(length);
            request.WriteTo(frames);
        }

        return frames.ToArray();
    }

    public Task SendAsync(params Request[] requests) => SendBytesAsync(Frame(requests));

    public Task SendBytesAsync(byte[] bytes) => Stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    /// <summary>The bytes of the next frame's content; null when the server has ended the connection.</summary>
    public async Task<byte[]?> ReceiveBytesAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var header = new byte[4];
        if (await Stream.ReadAtLeastAsync(header, 4, throwOnEndOfStream: false, patience.Token) < 4)
        {
            return null;
        }

        var content = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
        await Stream.ReadExactlyAsync(content, patience.Token);
        return content;
    }

    public async Task<Response?> TryReceiveAsync() =>
        await ReceiveBytesAsync() is { } bytes ? Response.Parser.ParseFrom(bytes) : null;

    public async Task<Response> ReceiveAsync() =>
        await TryReceiveAsync() ?? throw new EndOfStreamException("the server ended the connection");

    public async Task<Response> CallAsync(Request request)
    {
        await SendAsync(request);
        return await ReceiveAsync();
    }

    /// <summary>Ends the client's side only.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Breaks the connection with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        _socket.Dispose();
    }
}
