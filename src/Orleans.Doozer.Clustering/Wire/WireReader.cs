using System.Buffers.Binary;
using System.Text;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>Reads the register's binary encoding. Whatever the bytes say, it allocates no more than they are long.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private ReadOnlySpan<byte> _rest = bytes;

    public byte Byte() => Take(1)[0];

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public string? OptionalText()
    {
        var length = Int32();
        if (length == -1)
        {
            return null;
        }

        try
        {
            return Strict.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException("a text is not UTF-8");
        }
    }

    public string Text() => OptionalText() ?? throw new InvalidDataException("a text is missing");

    /// <summary>The length of a list whose items take at least <paramref name="itemSize"/> bytes each.</summary>
    public int Count(int itemSize)
    {
        var count = Int32();
        return count >= 0 && count <= _rest.Length / itemSize
            ? count
            : throw new InvalidDataException($"a list of {count} items cannot fit into {_rest.Length} bytes");
    }

    public Ballot Ballot()
    {
        var round = Int64();
        return new Ballot(round, Node());
    }

    public NodeId Node()
    {
        var text = Text();
        return text.Length == 0 ? NodeId.None
            : NodeId.TryParse(text, out var node) ? node
            : throw new InvalidDataException("a node id is malformed");
    }

    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw new InvalidDataException($"{_rest.Length} bytes too many");
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > _rest.Length)
        {
            throw new InvalidDataException($"{length} bytes were expected, {_rest.Length} are left");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
