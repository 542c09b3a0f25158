using System.Buffers.Binary;
using System.Text;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// Reads a command that is encoded as <see cref="CommandCodec.Encode"/> does it (commands.proto): fields in order, none with its default
/// value, numbers in their shortest form, a path of ASCII. Every node decodes every command, and the generated parser makes three more
/// objects for each. What is encoded in another way is left to that parser, which also knows what to say of it.
/// </summary>
internal ref struct CommandReader
{
    internal const int VarintTag = 0;
    internal const int Fixed64Tag = 1;
    internal const int BytesTag = 2;

    private ReadOnlySpan<byte> _rest;
    private bool _isOther;

    private CommandReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    private readonly bool IsRead => _rest.IsEmpty && !_isOther;

    /// <summary>Reads a command of version 1; null for what is encoded in another way or damaged.</summary>
    public static Command? Read(ReadOnlyMemory<byte> bytes)
    {
        var fields = new CommandReader(bytes.Span);
        var version = fields.Varint(1);
        var message = fields.Bytes(2);
        var kind = fields.Varint(3);
        var path = fields.Bytes(4);
        var value = fields.Bytes(5);
        var valueEnd = bytes.Length - fields._rest.Length;
        var expected = fields.Varint(6);
        var request = message.IsEmpty ? null : ReadRequest(message);
        return fields.IsRead && version == CommandCodec.Version && request.HasValue != message.IsEmpty && kind <= (ulong)WriteKind.Delete
            && Ascii.IsValid(path)
                ? new(request, (WriteKind)kind, Encoding.ASCII.GetString(path), bytes[(valueEnd - value.Length)..valueEnd], new((long)(expected >> 1) ^ -(long)(expected & 1)))
                : null;
    }

    private static RequestId? ReadRequest(ReadOnlySpan<byte> message)
    {
        var fields = new CommandReader(message);
        var low = fields.Fixed64(1);
        var high = fields.Fixed64(2);
        var sequence = (long)fields.Varint(3);
        var since = (long)fields.Varint(4);
        return fields.IsRead ? new(CommandCodec.FromHalves(low, high), sequence, since) : null;
    }

    private ulong Varint(int field) => IsNext(field, VarintTag) ? Number() : 0;

    private ulong Number()
    {
        ulong value = 0;
        for (var i = 0; i < _rest.Length; i++)
        {
            var part = _rest[i];
            if (i == 9 && part > 1)
            {
                break;
            }

            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                // A last part of zero: the field's default value, or a longer form than is needed.
                _isOther |= part == 0;
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        _isOther = true;
        return 0;
    }

    private ulong Fixed64(int field)
    {
        if (!IsNext(field, Fixed64Tag))
        {
            return 0;
        }

        if (!BinaryPrimitives.TryReadUInt64LittleEndian(_rest, out var value) || value == 0)
        {
            _isOther = true;
            return 0;
        }

        _rest = _rest[sizeof(ulong)..];
        return value;
    }

    private ReadOnlySpan<byte> Bytes(int field)
    {
        if (!IsNext(field, BytesTag))
        {
            return default;
        }

        // Zero is refused with the rest of the default values.
        var length = Number();
        if (_isOther || length > (ulong)_rest.Length)
        {
            _isOther = true;
            return default;
        }

        var bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return bytes;
    }

    private bool IsNext(int field, int type)
    {
        if (_rest.IsEmpty || _rest[0] != ((field << 3) | type))
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }
}
