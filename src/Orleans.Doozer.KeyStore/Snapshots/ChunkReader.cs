using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>Puts the records of a snapshot together again from its chunks, each of which it checks before it uses a byte of it.
/// It holds one chunk and one record; no length is believed before the bytes are here.</summary>
internal sealed class ChunkReader(IEnumerator<byte[]> chunks)
{
    private ReadOnlyMemory<byte> _rest;
    private ulong _checksum;
    private int _number;
    private bool _last;

    /// <summary>Reads the next record.</summary>
    public T Read<T>(MessageParser<T> parser)
        where T : IMessage<T>
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(sizeof(int)).Span);
        Require(length >= 0, "a record has a negative length");
        try
        {
            return parser.ParseFrom(ReadBytes(length).Span);
        }
        catch (InvalidProtocolBufferException problem)
        {
            throw Broken($"a record cannot be decoded: {problem.Message}");
        }
    }

    /// <summary>Requires that nothing is left.</summary>
    public void Finish()
    {
        Require(_rest.IsEmpty && _last, "there is more than its header announced");
        Require(!chunks.MoveNext(), "there are chunks after the last one");
    }

    public static void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool condition, string problem)
    {
        if (!condition)
        {
            throw Broken(problem);
        }
    }

    public static InvariantViolationException Broken(string problem) => new($"the snapshot cannot be used: {problem}");

    private ReadOnlyMemory<byte> ReadBytes(int length)
    {
        if (length <= _rest.Length)
        {
            var whole = _rest[..length];
            _rest = _rest[length..];
            return whole;
        }

        var parts = new ArrayBufferWriter<byte>();
        while (parts.WrittenCount < length)
        {
            if (_rest.IsEmpty)
            {
                NextChunk();
            }

            var part = _rest[..Math.Min(_rest.Length, length - parts.WrittenCount)];
            parts.Write(part.Span);
            _rest = _rest[part.Length..];
        }

        return parts.WrittenMemory;
    }

    private void NextChunk()
    {
        Require(!_last, "it ends within a record");
        Require(chunks.MoveNext(), $"it ends before its last chunk, after {_number}");
        var problem = ChunkFrame.Check(chunks.Current, _number, _checksum, out _checksum, out _last);
        if (problem is not null)
        {
            throw Broken($"chunk {_number} {problem}");
        }

        _rest = chunks.Current.AsMemory(ChunkFrame.HeadBytes);
        _number++;
    }
}
