using System.Collections.Immutable;

namespace Orleans.Doozer.Clustering;

/// <summary>
/// The signs of life that silos gave, newest for each, in memory. Losing them makes silos look silent until their next one, which
/// only makes others probe them.
/// </summary>
internal sealed class HeartbeatBoard
{
    private const int Limit = 4096;
    private readonly Dictionary<string, long> _alive = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Notes <paramref name="alive"/> and returns all.</summary>
    public ImmutableArray<SiloTime> Exchange(ImmutableArray<SiloTime> alive)
    {
        lock (_lock)
        {
            foreach (var sign in alive)
            {
                _alive[sign.Silo] = Math.Max(sign.Ticks, _alive.GetValueOrDefault(sign.Silo));
            }

            // Old generations go first; a board that only grew would in the end not fit into a frame.
            while (_alive.Count > Limit)
            {
                _alive.Remove(_alive.MinBy(sign => sign.Value).Key);
            }

            return [.. _alive.Select(sign => new SiloTime(sign.Key, sign.Value))];
        }
    }
}
