using System.Text;

namespace Orleans.Doozer.Consensus;

/// <summary>
/// Names a node for ever: 80 random bits in base32, made with its data directory and never used again. A lost disk is a new node.
/// Votes are counted by it, never by an address: addresses come back, an identity whose promises are lost must not.
/// </summary>
[GenerateSerializer, Immutable, Alias("doozer.NodeId")]
public readonly record struct NodeId : IComparable<NodeId>
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int Bits = 80;

    [Id(0)]
    private readonly string? _value;

    private NodeId(string value) => _value = value;

    /// <summary>Nobody; orders before every node.</summary>
    public static NodeId None => default;

    /// <summary>The text: 16 characters of base32; empty for <see cref="None"/>.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether this is nobody.</summary>
    public bool IsNone => string.IsNullOrEmpty(_value);

    /// <summary>Makes an identity from 10 bytes that the host drew at random.</summary>
    public static NodeId FromRandom(ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, Bits / 8);
        var text = new StringBuilder(16);
        var buffer = 0;
        var held = 0;
        foreach (var value in random)
        {
            buffer = ((buffer << 8) | value) & 0xFFFF;
            held += 8;
            while (held >= 5)
            {
                held -= 5;
                text.Append(Alphabet[(buffer >> held) & 31]);
            }
        }

        return new NodeId(text.ToString());
    }

    /// <summary>Reads an identity; false when the text is none: 1 to 64 characters of those that a path's name may hold.</summary>
    public static bool TryParse(string? text, out NodeId node)
    {
        node = default;
        if (string.IsNullOrEmpty(text) || text.Length > 64 || text.Contains('/', StringComparison.Ordinal)
            || !DoozerPath.IsValid("/" + text))
        {
            return false;
        }

        node = new NodeId(text);
        return true;
    }

    /// <summary>Reads an identity.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static NodeId Parse(string text) =>
        TryParse(text, out var node) ? node : throw new FormatException($"'{text}' is no node id");

    /// <inheritdoc/>
    public int CompareTo(NodeId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public bool Equals(NodeId other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Value);

    /// <inheritdoc/>
    public override string ToString() => IsNone ? "-" : Value;
}
