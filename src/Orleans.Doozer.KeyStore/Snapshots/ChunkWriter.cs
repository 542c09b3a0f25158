using System.Buffers.Binary;
using Google.Protobuf;

namespace Orleans.Doozer.KeyStore;

/// <summary>Cuts a sequence of records, each behind its length, into chunks. A record may go over several.</summary>
internal sealed class ChunkWriter(int chunkBytes)
{
    private byte[] _chunk = new byte[chunkBytes];
    private int _filled = ChunkFrame.HeadBytes;
    private int _number;
    private ulong _checksum;

    /// <summary>Adds a record.</summary>
    /// <returns>The chunks that it filled.</returns>
    public IEnumerable<byte[]> Add(IMessage record)
    {
        var length = record.CalculateSize();
        var bytes = new byte[sizeof(int) + length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        record.WriteTo(bytes.AsSpan(sizeof(int)));
        var rest = bytes.AsMemory();
        while (!rest.IsEmpty)
        {
            // A full chunk is only given away when there is more to write, so that the last one can be marked.
            if (_filled == _chunk.Length)
            {
                yield return Take(last: false);
            }

            var part = rest[..Math.Min(rest.Length, _chunk.Length - _filled)];
            part.CopyTo(_chunk.AsMemory(_filled));
            _filled += part.Length;
            rest = rest[part.Length..];
        }
    }

    /// <summary>The last chunk.</summary>
    public byte[] Finish() => Take(last: true);

    private byte[] Take(bool last)
    {
        var chunk = _filled == _chunk.Length ? _chunk : _chunk[.._filled];
        _checksum = ChunkFrame.Seal(chunk, _number++, last, _checksum);
        _chunk = last ? [] : new byte[_chunk.Length];
        _filled = ChunkFrame.HeadBytes;
        return chunk;
    }
}
