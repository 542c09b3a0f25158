using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Orleans.Doozer.Clustering;

/// <summary>Frames over one TCP connection.</summary>
internal static class FrameStream
{
    private const int Chunk = 16 * 1024;

    public static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var bytes = new byte[4 + frame.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, frame.Length);
        frame.CopyTo(bytes.AsMemory(4));
        await stream.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>The next frame; null when the peer closed between frames.</summary>
    /// <exception cref="InvalidDataException">The length is none that a register sends.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream stream, TimeSpan body, CancellationToken cancellationToken)
    {
        var header = new byte[4];
        var read = await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
        if (read < header.Length)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is <= 0 or > Frames.Limit)
        {
            throw new InvalidDataException($"a frame of {length} bytes; the limit is {Frames.Limit}");
        }

        // Memory grows with what arrives, not with what was announced, and an announced frame must arrive soon:
        // a peer that promises megabytes and sends nothing costs one small buffer for a moment.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(body);
        var buffer = new ArrayBufferWriter<byte>(Math.Min(length, Chunk));
        while (buffer.WrittenCount < length)
        {
            var room = buffer.GetMemory(1);
            var count = await stream.ReadAsync(room[..Math.Min(room.Length, length - buffer.WrittenCount)], deadline.Token);
            if (count == 0)
            {
                return null;
            }

            buffer.Advance(count);
        }

        return buffer.WrittenMemory;
    }

    public static void Tune(Socket socket) => socket.NoDelay = true;
}
