using System.Buffers.Binary;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// A file without its path, which is beside it wherever it is kept: its value and the revision that wrote it. Where there is a million of
/// them each object counts, for memory and for the collector, so one with bytes of its own is nothing but an array. The default is no file.
/// </summary>
internal readonly struct StoredFile
{
    private const int HeadLength = sizeof(long);

    // A BatchPiece, or bytes of its own: the revision (little endian), then the value. Asked for in this order, as to ask whether an object is
    // an array takes the runtime longer when it is none.
    private readonly object? _content;

    private StoredFile(object? content) => _content = content;

    public bool Exists => _content is not null;

    /// <summary>What the tree keeps.</summary>
    public object Item => _content ?? throw new InvalidOperationException("this is no file");

    /// <summary>Whether its bytes are a part of something longer.</summary>
    public bool IsPieceOfBatch => _content is BatchPiece { IsDetached: false };

    public Revision Revision => _content switch
    {
        null => Revision.Missing,
        BatchPiece piece => piece.Revision,
        var own => new(BinaryPrimitives.ReadInt64LittleEndian((byte[])own)),
    };

    public int Length => _content switch
    {
        null => 0,
        BatchPiece piece => piece.Length,
        var own => ((byte[])own).Length - HeadLength,
    };

    /// <summary>Its bytes. Nobody changes them.</summary>
    public ReadOnlyMemory<byte> Value => _content switch
    {
        null => default,
        BatchPiece piece => piece.Value,
        var own => ((byte[])own).AsMemory(HeadLength),
    };

    /// <summary>The file that an item of the tree is; none when it is a directory, or null.</summary>
    public static StoredFile From(object? item) => new(item is NameMap ? null : item);

    /// <summary>A file whose bytes stay where they are.</summary>
    public static StoredFile Piece(ReadOnlyMemory<byte> value, Revision revision) => new(new BatchPiece(value, revision));

    /// <summary>A file with bytes of its own.</summary>
    public static StoredFile Own(ReadOnlySpan<byte> value, Revision revision)
    {
        var own = GC.AllocateUninitializedArray<byte>(HeadLength + value.Length);
        BinaryPrimitives.WriteInt64LittleEndian(own, revision.Value);
        value.CopyTo(own.AsSpan(HeadLength));
        return new(own);
    }

    /// <summary>The same file with bytes of its own, for a tree that does not have it yet.</summary>
    public StoredFile ToOwn() => _content is BatchPiece piece ? Own(piece.Value.Span, piece.Revision) : this;

    /// <summary>Lets go of the batch, where the tree has the file already.</summary>
    public void Detach() => (_content as BatchPiece)?.Detach();

    public DoozerEntry? At(string path) => Exists ? new(path, Value, Revision) : null;
}
