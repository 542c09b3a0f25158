using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;

namespace Orleans.Doozer.KeyStore;

/// <summary>Writes a command as the generated code of commands.proto would, byte for byte, without its messages and streams: the leader encodes
/// every write. <see cref="CommandReader"/> is its counterpart.</summary>
internal ref struct CommandWriter
{
    private const int BitsPerByte = 7;
    private readonly Span<byte> _bytes;
    private int _filled;

    private CommandWriter(Span<byte> bytes) => _bytes = bytes;

    public static byte[] Write(Command command)
    {
        var path = Encoding.UTF8.GetByteCount(command.Path);
        var expected = (ulong)((command.Expected.Value << 1) ^ (command.Expected.Value >> 63));
        var request = 0;
        var length = VarintField(CommandCodec.Version) + VarintField((ulong)(int)command.Kind) + BytesField(path) + BytesField(command.Value.Length)
            + VarintField(expected);
        var (low, high) = (0UL, 0UL);
        if (command.Request is { } id)
        {
            (low, high) = CommandCodec.ToHalves(id.Client);
            request = Fixed64Field(low) + Fixed64Field(high) + VarintField((ulong)id.Sequence) + VarintField((ulong)id.Since);
            length += 1 + CodedOutputStream.ComputeUInt64Size((ulong)request) + request;
        }

        var bytes = GC.AllocateUninitializedArray<byte>(length);
        var writer = new CommandWriter(bytes);
        writer.Varint(1, CommandCodec.Version);
        if (command.Request is { } named)
        {
            writer.Tag(2, CommandReader.BytesTag);
            writer.Number((ulong)request);
            writer.Fixed64(1, low);
            writer.Fixed64(2, high);
            writer.Varint(3, (ulong)named.Sequence);
            writer.Varint(4, (ulong)named.Since);
        }

        writer.Varint(3, (ulong)(int)command.Kind);
        if (path > 0)
        {
            writer.Tag(4, CommandReader.BytesTag);
            writer.Number((ulong)path);
            writer._filled += Encoding.UTF8.GetBytes(command.Path, writer._bytes[writer._filled..]);
        }

        writer.Bytes(5, command.Value.Span);
        writer.Varint(6, expected);
        return bytes;
    }

    private static int VarintField(ulong value) => value == 0 ? 0 : 1 + CodedOutputStream.ComputeUInt64Size(value);

    private static int Fixed64Field(ulong value) => value == 0 ? 0 : 1 + sizeof(ulong);

    private static int BytesField(int length) => length == 0 ? 0 : 1 + CodedOutputStream.ComputeUInt64Size((ulong)length) + length;

    private void Varint(int field, ulong value)
    {
        if (value != 0)
        {
            Tag(field, CommandReader.VarintTag);
            Number(value);
        }
    }

    private void Fixed64(int field, ulong value)
    {
        if (value != 0)
        {
            Tag(field, CommandReader.Fixed64Tag);
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes[_filled..], value);
            _filled += sizeof(ulong);
        }
    }

    private void Bytes(int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            Tag(field, CommandReader.BytesTag);
            Number((ulong)value.Length);
            value.CopyTo(_bytes[_filled..]);
            _filled += value.Length;
        }
    }

    private void Tag(int field, int type) => _bytes[_filled++] = (byte)((field << 3) | type);

    private void Number(ulong value)
    {
        for (; value >= 1UL << BitsPerByte; value >>= BitsPerByte)
        {
            _bytes[_filled++] = (byte)(value | 0x80);
        }

        _bytes[_filled++] = (byte)value;
    }
}
