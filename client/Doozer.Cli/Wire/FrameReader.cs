using System.Buffers.Binary;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Wire;

/// <summary>Cuts a byte stream into answers: four bytes of length, big-endian, then that many bytes of protobuf.</summary>
internal sealed class FrameReader(Stream stream, ServerAddress address)
{
    /// <summary>No honest answer is larger: values end at 1 MiB. A larger claim comes from something else.</summary>
    internal const int FrameBytesMax = 64 * 1024 * 1024;

    private const int HeaderBytes = 4;

    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    /// <summary>The next answer, or null when the stream ended.</summary>
    internal async ValueTask<Response?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(HeaderBytes, cancellationToken))
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(start, HeaderBytes));
        if (length is < 0 or > FrameBytesMax)
        {
            throw new WireProtocolException(address, $"it announced an answer of {(uint)length} bytes");
        }

        if (!await FillAsync(HeaderBytes + length, cancellationToken))
        {
            return null;
        }

        Response response = Decode(buffer.AsSpan(start + HeaderBytes, length));
        start += HeaderBytes + length;
        return response;
    }

    private Response Decode(ReadOnlySpan<byte> frame)
    {
        try
        {
            return Response.Parser.ParseFrom(frame);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new WireProtocolException(address, "an answer cannot be decoded");
        }
    }

    // The buffer doubles as bytes arrive and never takes the announced size on trust.
    private async ValueTask<bool> FillAsync(int needed, CancellationToken cancellationToken)
    {
        while (end - start < needed)
        {
            if (start > 0)
            {
                Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
                end -= start;
                start = 0;
            }

            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            int count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (count == 0)
            {
                return false;
            }

            end += count;
        }

        return true;
    }
}
