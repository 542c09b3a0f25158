using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Simulation;

internal static class RandomExtensions
{
    public static bool Chance(this DeterministicRandom random, long permille) => random.Between(0, 999) < permille;

    public static T Pick<T>(this DeterministicRandom random, IReadOnlyList<T> list) => list[(int)random.Between(0, list.Count - 1)];

    public static long Of(this DeterministicRandom random, params ReadOnlySpan<long> values) =>
        values[(int)random.Between(0, values.Length - 1)];

    /// <summary>A stream of its own, so that one component's draws do not shift another's.</summary>
    public static DeterministicRandom Fork(this DeterministicRandom random) => new(random.Next());

    public static NodeId NodeId(this DeterministicRandom random)
    {
        Span<byte> bytes = stackalloc byte[10];
        foreach (ref var one in bytes)
        {
            one = (byte)random.Next();
        }

        return Consensus.NodeId.FromRandom(bytes);
    }

    public static Guid Guid(this DeterministicRandom random)
    {
        Span<byte> bytes = stackalloc byte[16];
        foreach (ref var one in bytes)
        {
            one = (byte)random.Next();
        }

        return new Guid(bytes);
    }
}
