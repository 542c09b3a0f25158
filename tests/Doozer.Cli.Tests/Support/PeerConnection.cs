using System.Buffers.Binary;
using System.Net.Sockets;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests.Support;

/// <summary>The server's end of one connection; it speaks the wire format by itself, not through the code under test.</summary>
internal sealed class PeerConnection(Socket socket, CancellationToken cancellationToken) : IDisposable
{
    private readonly NetworkStream stream = new(socket, ownsSocket: true);

    /// <summary>The next request; throws when the client has left.</summary>
    internal async Task<Request> ReceiveAsync()
    {
        byte[] header = new byte[4];
        await stream.ReadExactlyAsync(header, cancellationToken);
        byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return Request.Parser.ParseFrom(body);
    }

    /// <summary>The next request, which must have this verb.</summary>
    internal async Task<Request> ExpectAsync(int verb)
    {
        Request request = await ReceiveAsync();
        Assert.Equal(verb, request.Verb);
        return request;
    }

    internal async Task AnswerAllAsync(Func<Request, Response> answer)
    {
        while (true)
        {
            Request request = await ReceiveAsync();
            await AnswerAsync(request, answer(request));
        }
    }

    internal Task AnswerAsync(Request request, Response response)
    {
        response.Tag = request.Tag;
        return SendAsync(Frame(response));
    }

    internal async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>Stays connected and silent until the client leaves or the test ends.</summary>
    internal async Task WaitForClientToLeaveAsync()
    {
        byte[] buffer = new byte[256];
        while (await stream.ReadAsync(buffer, cancellationToken) > 0)
        {
        }
    }

    internal static byte[] Frame(Response response)
    {
        byte[] body = response.ToByteArray();
        byte[] frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        return frame;
    }

    public void Dispose() => stream.Dispose();
}
