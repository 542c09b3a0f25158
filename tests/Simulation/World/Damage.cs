using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>Flipped bits in real bytes, and what the shipping code has to say about them.</summary>
internal static class Damage
{
    /// <summary>A copy with one bit changed; the chunks that are not hit are the same ones.</summary>
    public static IReadOnlyList<byte[]> FlipBit(IReadOnlyList<byte[]> chunks, DeterministicRandom random)
    {
        var copy = chunks.ToArray();
        var hit = (int)random.Between(0, copy.Length - 1);
        var chunk = copy[hit].ToArray();
        chunk[random.Between(0, chunk.Length - 1)] ^= (byte)(1 << (int)random.Between(0, 7));
        copy[hit] = chunk;
        return copy;
    }

    /// <summary>A snapshot with a flipped bit must be refused with the one exception that hosts take for it.</summary>
    public static void RequireRefused(IReadOnlyList<byte[]> chunks)
    {
        try
        {
            SnapshotCodec.Decode(chunks);
        }
        catch (InvariantViolationException)
        {
            return;
        }

        throw new SimFailure("damage", "a snapshot with a flipped bit was read as if it were whole");
    }
}
