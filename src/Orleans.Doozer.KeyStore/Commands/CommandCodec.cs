using System.Buffers.Binary;
using Google.Protobuf;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore.Protocol;

namespace Orleans.Doozer.KeyStore;

/// <summary>The encoding of commands in the log and in the journal (commands.proto).</summary>
public static class CommandCodec
{
    internal const uint Version = 1;

    private static readonly MessageParser<CommandMessage> Parser = CommandMessage.Parser.WithDiscardUnknownFields(true);

    /// <summary>Encodes a command.</summary>
    public static byte[] Encode(Command command) => CommandWriter.Write(command);

    /// <summary>Decodes a command. Its value is a piece of <paramref name="bytes"/>, which nobody may change.</summary>
    /// <exception cref="InvariantViolationException">This program cannot read it. A decided command must not be skipped: the node
    /// would go on with another state than the others.</exception>
    public static Command Decode(ReadOnlyMemory<byte> bytes) => CommandReader.Read(bytes) ?? Parse(bytes);

    /// <summary>The same, for every encoding of a command that a protobuf program may write.</summary>
    internal static Command Parse(ReadOnlyMemory<byte> bytes)
    {
        CommandMessage message;
        try
        {
            message = Parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException problem)
        {
            throw new InvariantViolationException($"a command in the log cannot be decoded: {problem.Message}");
        }

        if (message.Version != Version)
        {
            throw new InvariantViolationException(
                $"a command in the log has version {message.Version}, this program reads version {Version}: run a newer one");
        }

        // Unknown fields were dropped; then the rest is shorter. A newer program would have meant something by them.
        if (message.CalculateSize() != bytes.Length || (uint)message.Kind > (uint)WriteKind.Delete)
        {
            throw new InvariantViolationException("a command in the log holds something that this program cannot read");
        }

        var request = ToRequestId(message.Request);
        return new(request, (WriteKind)message.Kind, message.Path, message.Value.Memory, new(message.Expected));
    }

    internal static (ulong Low, ulong High) ToHalves(Guid client)
    {
        Span<byte> bytes = stackalloc byte[16];
        client.TryWriteBytes(bytes);
        return (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
    }

    internal static Guid FromHalves(ulong low, ulong high)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], high);
        return new Guid(bytes);
    }

    private static RequestId? ToRequestId(RequestMessage? message) =>
        message is null ? null : new(FromHalves(message.ClientLow, message.ClientHigh), message.Sequence, message.Since);
}
