using System.Runtime.InteropServices;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// A file whose value is a piece of the batch that wrote it. The history keeps that batch in any case: a value of its own for each write would be
/// one more object for every garbage collection, and of a file that is written often most are replaced soon.
/// </summary>
/// <param name="value">Its bytes. Nobody changes them.</param>
/// <param name="revision">The revision that wrote it.</param>
internal sealed class BatchPiece(ReadOnlyMemory<byte> value, Revision revision)
{
    // One reference says where the bytes are, so that a reader beside Detach sees either place whole: memory as long as the value is the
    // value, anything longer holds it at the offset.
    private readonly int _offset = Segment(value).Offset;
    private byte[] _memory = Segment(value).Array!;

    public int Length { get; } = value.Length;

    public Revision Revision => revision;

    /// <summary>Whether its bytes are a part of nothing longer.</summary>
    public bool IsDetached => _memory.Length == Length;

    public ReadOnlyMemory<byte> Value
    {
        get
        {
            var memory = Volatile.Read(ref _memory);
            return new(memory, memory.Length == Length ? 0 : _offset, Length);
        }
    }

    /// <summary>Copies the value and lets go of what it was a piece of. Other threads may be reading it.</summary>
    public void Detach()
    {
        if (!IsDetached)
        {
            Volatile.Write(ref _memory, Value.ToArray());
        }
    }

    private static ArraySegment<byte> Segment(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) ? segment : new(bytes.ToArray());
}
