using System.Buffers.Binary;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// A name as a <see cref="NameMap"/> keeps it: its first sixteen characters as two numbers beside the text. Names are ASCII
/// (<see cref="DoozerPath"/>), so the numbers are in the order of the names, and mostly decide it: the texts lie anywhere in memory, and to
/// fetch one takes longer than to compare what lies in the node.
/// </summary>
/// <param name="path">A text that ends with the name.</param>
/// <param name="nameStart">Where the name begins in it.</param>
internal readonly struct NameKey(string path, int nameStart)
{
    private readonly NameHead _head = new(path.AsSpan(nameStart));

    /// <summary>The text that ends with the name.</summary>
    public string Path => path;

    /// <summary>Whether a name is before (less than 0), equal to (0) or after this one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="head">Its head: made once, compared with many.</param>
    /// <param name="nameStart">Where this key's name begins in its text.</param>
    public int CompareTo(ReadOnlySpan<char> name, in NameHead head, int nameStart)
    {
        var order = head.CompareTo(_head);
        return order != 0 || head.IsWhole ? order : name.SequenceCompareTo(path.AsSpan(nameStart));
    }
}

/// <summary>The first sixteen characters of a name as two numbers, the first character highest.</summary>
internal readonly struct NameHead
{
    private const int Length = 16;
    private const char Last = '\u00FF';

    private readonly ulong _first;
    private readonly ulong _second;

    public NameHead(ReadOnlySpan<char> name)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes.Clear();
        var isPlain = name.Length < Length;
        for (var i = 0; i < Length && i < name.Length; i++)
        {
            // Only a name that somebody asks for can have other characters; then the texts decide.
            bytes[i] = (byte)Math.Min(name[i], Last);
            isPlain &= name[i] is > '\0' and < Last;
        }

        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt64BigEndian(bytes[sizeof(ulong)..]);
        IsWhole = isPlain;
    }

    /// <summary>Whether only the same name has the same head.</summary>
    public bool IsWhole { get; }

    public int CompareTo(in NameHead other) => _first != other._first ? _first.CompareTo(other._first) : _second.CompareTo(other._second);
}
