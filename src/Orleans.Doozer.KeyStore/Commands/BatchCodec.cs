using System.Buffers.Binary;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// A slot's batch: encoded commands one after the other, each behind its length in four bytes, little endian. The leader copies
/// each command once and encodes nothing again.
/// </summary>
public static class BatchCodec
{
    private const int LengthBytes = sizeof(int);

    /// <summary>The batch without commands: no bytes.</summary>
    public static byte[] Empty { get; } = [];

    /// <summary>Puts encoded commands together.</summary>
    public static byte[] Encode(IReadOnlyList<byte[]> commands)
    {
        var length = 0;
        for (var i = 0; i < commands.Count; i++)
        {
            length = checked(length + LengthBytes + commands[i].Length);
        }

        if (length == 0)
        {
            return Empty;
        }

        var batch = BatchMemory.Allocate(length);
        var rest = batch.AsSpan();
        for (var i = 0; i < commands.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, commands[i].Length);
            commands[i].CopyTo(rest[LengthBytes..]);
            rest = rest[(LengthBytes + commands[i].Length)..];
        }

        return batch;
    }

    /// <summary>Takes a batch apart into slices of its own memory.</summary>
    /// <exception cref="InvariantViolationException">It is no batch.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Decode(ReadOnlyMemory<byte> batch)
    {
        var count = 0;
        for (var rest = batch; !rest.IsEmpty; rest = rest[(LengthBytes + FirstLength(rest.Span))..])
        {
            count++;
        }

        var commands = count == 0 ? [] : new ReadOnlyMemory<byte>[count];
        for (var i = 0; i < commands.Length; i++)
        {
            commands[i] = batch.Slice(LengthBytes, FirstLength(batch.Span));
            batch = batch[(LengthBytes + commands[i].Length)..];
        }

        return commands;
    }

    private static int FirstLength(ReadOnlySpan<byte> batch)
    {
        var length = batch.Length < LengthBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(batch);
        return length >= 0 && length <= batch.Length - LengthBytes
            ? length
            : throw new InvariantViolationException("a batch in the log cannot be decoded: a length does not fit into it");
    }
}
