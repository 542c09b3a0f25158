using System.Buffers.Binary;
using System.IO.Hashing;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// The frame around each chunk of a snapshot: format, number, whether it is the last, and a checksum over these, the content and
/// the checksum before. So the last checksum stands for the whole, and a chunk of another snapshot does not fit in.
/// </summary>
internal static class ChunkFrame
{
    /// <summary>The bytes before the content.</summary>
    public const int HeadBytes = 17;

    private const uint Format = 0x31535A44;     // "DZS1"
    private const int NumberAt = 4;
    private const int LastAt = 8;
    private const int ChecksumAt = 9;

    /// <summary>Writes the head of a chunk whose content is in place.</summary>
    /// <returns>The chunk's checksum.</returns>
    public static ulong Seal(Span<byte> chunk, int number, bool last, ulong previous)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(chunk, Format);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[NumberAt..], number);
        chunk[LastAt] = last ? (byte)1 : (byte)0;
        var checksum = Sum(chunk, previous);
        BinaryPrimitives.WriteUInt64LittleEndian(chunk[ChecksumAt..], checksum);
        return checksum;
    }

    /// <summary>Says in one sentence what is wrong with a chunk; null when nothing is.</summary>
    public static string? Check(ReadOnlySpan<byte> chunk, int number, ulong previous, out ulong checksum, out bool last)
    {
        (checksum, last) = (0, false);
        if (chunk.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(chunk) != Format)
        {
            return "is no chunk of a snapshot that this program reads";
        }

        var found = BinaryPrimitives.ReadInt32LittleEndian(chunk[NumberAt..]);
        if (found != number)
        {
            return $"came in the place of another: it has the number {found}";
        }

        checksum = BinaryPrimitives.ReadUInt64LittleEndian(chunk[ChecksumAt..]);
        last = chunk[LastAt] == 1;
        return checksum == Sum(chunk, previous) ? null : "is damaged, or belongs to another snapshot: its checksum is wrong";
    }

    private static ulong Sum(ReadOnlySpan<byte> chunk, ulong previous)
    {
        Span<byte> before = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(before, previous);
        var hasher = new XxHash3();
        hasher.Append(before);
        hasher.Append(chunk[..ChecksumAt]);
        hasher.Append(chunk[HeadBytes..]);
        return hasher.GetCurrentHashAsUInt64();
    }
}
