using System.Buffers;
using System.Buffers.Binary;

namespace Orleans.Doozer.Gateway.Protocol;

/// <summary>What <see cref="FrameReader.TryRead"/> found.</summary>
internal enum FrameStatus
{
    /// <summary>The frame has not arrived as a whole.</summary>
    Incomplete,

    /// <summary>A frame.</summary>
    Complete,

    /// <summary>The length is negative or above the limit. There is no way to go on: where the next frame begins is not known.</summary>
    BadLength,
}

/// <summary>Doozer's frames: a length in four bytes, big endian, and so many bytes of protobuf.</summary>
internal static class FrameReader
{
    /// <summary>The bytes of a length.</summary>
    public const int HeaderBytes = sizeof(int);

    /// <summary>Takes the next frame off the front of a buffer. The length is judged as soon as it is there, before the frame is
    /// waited for, let alone stored.</summary>
    /// <param name="buffer">What has arrived; moved behind the frame when there is one.</param>
    /// <param name="limit">The largest length.</param>
    /// <param name="frame">The frame's bytes, in the buffer's own memory.</param>
    /// <param name="length">The length that was announced.</param>
    public static FrameStatus TryRead(
        ref ReadOnlySequence<byte> buffer, int limit, out ReadOnlySequence<byte> frame, out int length)
    {
        frame = default;
        length = 0;
        if (buffer.Length < HeaderBytes)
        {
            return FrameStatus.Incomplete;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(header);
        length = BinaryPrimitives.ReadInt32BigEndian(header);
        if (length < 0 || length > limit)
        {
            return FrameStatus.BadLength;
        }

        if (buffer.Length - HeaderBytes < length)
        {
            return FrameStatus.Incomplete;
        }

        frame = buffer.Slice(HeaderBytes, length);
        buffer = buffer.Slice(frame.End);
        return FrameStatus.Complete;
    }
}
