using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>The storage of <see cref="MemoryJournal"/>. The journal's thread writes under the lock under which others read.</summary>
internal sealed class MemoryStorage : IJournalStorage
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Store> _stores = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _records = new(StringComparer.Ordinal);

    public bool HasCleaning => false;

    public PersistedState Load(string store)
    {
        lock (_gate)
        {
            if (!_stores.TryGetValue(store, out var found))
            {
                return PersistedState.Empty;
            }

            var (promised, truncated, decided) = found.Marks;
            return new PersistedState(promised, truncated, decided, [.. found.Log.Values]);
        }
    }

    public IReadOnlyList<AcceptedEntry> ReadDecided(string store, Slot from, Slot to, int maxBytes)
    {
        var page = new DecidedPage(from, maxBytes);
        lock (_gate)
        {
            if (_stores.TryGetValue(store, out var found))
            {
                var last = Slot.Min(to, found.Marks.DecidedTo);
                var slot = from;
                while (slot <= last && found.Log.TryGetValue(slot, out var entry) && page.TryAdd(entry))
                {
                    slot = slot.Next;
                }
            }
        }

        return page.Entries;
    }

    public (Slot Slot, IEnumerable<byte[]> Chunks)? LoadSnapshot(string store)
    {
        lock (_gate)
        {
            return _stores.TryGetValue(store, out var found) && found.Snapshot is { } snapshot
                ? (snapshot.Slot, snapshot.Chunks)
                : null;
        }
    }

    public byte[]? GetRecord(string name)
    {
        lock (_gate)
        {
            return _records.GetValueOrDefault(name)?.ToArray();
        }
    }

    public void Begin()
    {
        // Without a disk there is no crash that could show half a commit.
    }

    public void Write(string store, JournalWrite write)
    {
        lock (_gate)
        {
            var target = Get(store);
            if (write is AcceptWrite { Entry: var entry })
            {
                if (entry.Slot > target.Marks.TruncatedTo)
                {
                    target.Log[entry.Slot] = entry;
                }

                return;
            }

            target.Marks = target.Marks.With(write);
            while (target.Log.Count > 0 && target.Log.First().Key is var first && first <= target.Marks.TruncatedTo)
            {
                target.Log.Remove(first);
            }
        }
    }

    public void PutRecord(string name, byte[] value)
    {
        lock (_gate)
        {
            _records[name] = value.ToArray();
        }
    }

    public void Commit()
    {
    }

    public void Abandon()
    {
    }

    public long NewGeneration(string store, Slot slot)
    {
        lock (_gate)
        {
            var target = Get(store);
            if (slot < target.Snapshot?.Slot)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(slot), $"The base snapshot of store '{store}' covers a later slot; one of slot {slot} would lose log.");
            }

            target.Coming = [];
            return ++target.LastGeneration;
        }
    }

    public void WriteChunk(string store, long generation, int chunk, Slot slot, byte[] bytes)
    {
        lock (_gate)
        {
            var target = Get(store);
            target.Coming = target.Coming.Add(bytes);
        }
    }

    public void SwitchSnapshot(string store, long generation, Slot slot, int chunks)
    {
        lock (_gate)
        {
            var target = Get(store);
            target.Snapshot = (slot, target.Coming);
            target.Coming = [];
        }
    }

    public void DropSnapshot(string store, long generation)
    {
        lock (_gate)
        {
            Get(store).Coming = [];
        }
    }

    public void Clean()
    {
    }

    public void Dispose()
    {
    }

    private Store Get(string name)
    {
        if (!_stores.TryGetValue(name, out var store))
        {
            _stores[name] = store = new Store();
        }

        return store;
    }

    private sealed class Store
    {
        public StoreMarks Marks { get; set; }

        public SortedDictionary<Slot, AcceptedEntry> Log { get; } = [];

        public long LastGeneration { get; set; }

        public (Slot Slot, ImmutableList<byte[]> Chunks)? Snapshot { get; set; }

        /// <summary>The chunks of the snapshot that is being written; saves of one store never overlap.</summary>
        public ImmutableList<byte[]> Coming { get; set; } = [];
    }
}
