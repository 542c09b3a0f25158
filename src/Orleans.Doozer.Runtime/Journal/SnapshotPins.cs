namespace Orleans.Doozer.Runtime.Journal;

/// <summary>The snapshots somebody reads: a replaced one is kept until its readers are through. Any thread.</summary>
internal sealed class SnapshotPins
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Store, long Generation), int> _readers = [];
    private readonly Dictionary<string, long> _retired = new(StringComparer.Ordinal);

    /// <summary>Keeps a snapshot; false when its removal has begun.</summary>
    public bool TryPin(string store, long generation)
    {
        lock (_gate)
        {
            if (_retired.TryGetValue(store, out var retired) && generation <= retired)
            {
                return false;
            }

            _readers[(store, generation)] = _readers.GetValueOrDefault((store, generation)) + 1;
            return true;
        }
    }

    public void Unpin(string store, long generation)
    {
        lock (_gate)
        {
            if (--_readers[(store, generation)] == 0)
            {
                _readers.Remove((store, generation));
            }
        }
    }

    /// <summary>Whether a snapshot may be removed now.</summary>
    public bool IsFree(string store, long generation)
    {
        lock (_gate)
        {
            return !_readers.ContainsKey((store, generation));
        }
    }

    /// <summary>Its removal begins unless somebody reads it; nobody can pin it, or an older one, from now on.</summary>
    public bool TryRetire(string store, long generation)
    {
        lock (_gate)
        {
            if (_readers.ContainsKey((store, generation)))
            {
                return false;
            }

            _retired[store] = Math.Max(generation, _retired.GetValueOrDefault(store));
            return true;
        }
    }
}
