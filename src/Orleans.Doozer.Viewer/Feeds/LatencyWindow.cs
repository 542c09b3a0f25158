using System.Numerics;

namespace Orleans.Doozer.Viewer.Feeds;

/// <summary>The latencies of one second: counters for ranges that grow by an eighth of a power of two, from a microsecond to some
/// minutes. Any thread counts, without a lock or an allocation.</summary>
internal sealed class LatencyWindow
{
    private const int StepsPerDouble = 8;
    private const int Doublings = 28;
    private readonly long[] _counts = new long[(StepsPerDouble * Doublings) + 1];

    public void Add(double seconds)
    {
        var micros = (ulong)Math.Clamp(seconds * 1e6 * StepsPerDouble, StepsPerDouble, (double)(1UL << 40));
        var power = BitOperations.Log2(micros);
        var step = (int)(micros >> (power - 3)) & (StepsPerDouble - 1);
        Interlocked.Increment(ref _counts[Math.Min(((power - 3) * StepsPerDouble) + step, _counts.Length - 1)]);
    }

    /// <summary>What was counted since the last call: how many, the median and the 99th percentile in milliseconds.</summary>
    public (long Count, double? P50, double? P99) Take()
    {
        Span<long> counts = stackalloc long[_counts.Length];
        long total = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = Interlocked.Exchange(ref _counts[i], 0);
            total += counts[i];
        }

        return (total, Percentile(counts, total, 0.50), Percentile(counts, total, 0.99));
    }

    private static double? Percentile(ReadOnlySpan<long> counts, long total, double share)
    {
        var rank = (long)Math.Ceiling(total * share);
        for (var i = 0; i < counts.Length && total > 0; i++)
        {
            rank -= counts[i];
            if (rank <= 0)
            {
                // The middle of the range.
                var from = (1 << (i / StepsPerDouble)) * (1.0 + ((i % StepsPerDouble) / (double)StepsPerDouble));
                var width = (1 << (i / StepsPerDouble)) / (double)StepsPerDouble;
                return Math.Round((from + (width / 2)) / 1000, 4);
            }
        }

        return null;
    }
}
