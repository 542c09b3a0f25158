using System.Runtime.InteropServices;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// A file in the tree. Its value is at first a piece of the batch that wrote it, which the log keeps in any case: a value of its own for
/// each write would be one more object for every garbage collection, and most are replaced soon.
/// </summary>
/// <param name="path">Where it is.</param>
/// <param name="value">Its bytes. Nobody changes them.</param>
/// <param name="revision">The revision that wrote it.</param>
internal sealed class StoredFile(string path, ReadOnlyMemory<byte> value, Revision revision)
{
    // One reference says where the bytes are, so that a reader beside Detach sees either place whole: memory as long as the value is the
    // value, anything longer holds it at the offset.
    private readonly int _offset = Segment(value).Offset;
    private byte[] _memory = Segment(value).Array!;

    public string Path => path;

    public int Length { get; } = value.Length;

    public Revision Revision => revision;

    /// <summary>Whether its bytes are a part of something longer.</summary>
    public bool IsPieceOfBatch => _memory.Length != Length;

    public ReadOnlyMemory<byte> Value
    {
        get
        {
            var memory = Volatile.Read(ref _memory);
            return new(memory, memory.Length == Length ? 0 : _offset, Length);
        }
    }

    public DoozerEntry Entry => new(path, Value, revision);

    /// <summary>Copies the value, when it is a piece of something longer, and lets go of that. Other threads may be reading it.</summary>
    public void Detach()
    {
        if (IsPieceOfBatch)
        {
            Volatile.Write(ref _memory, Value.ToArray());
        }
    }

    private static ArraySegment<byte> Segment(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) ? segment : new(bytes.ToArray());
}
