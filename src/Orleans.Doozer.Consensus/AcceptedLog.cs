namespace Orleans.Doozer.Consensus;

/// <summary>
/// The accepted entries by slot; it may have holes. Constant time by slot. The oldest decided entries are released: then the journal alone has
/// them, until they are truncated there too.
/// </summary>
public sealed class AcceptedLog
{
    private const int EntryOverhead = 64;
    private AcceptedEntry?[] _ring = new AcceptedEntry?[1024];

    /// <summary>Slots up to here are gone, in the journal too.</summary>
    public Slot TruncatedTo { get; private set; }

    /// <summary>Slots up to here are not in memory: at least those up to <see cref="TruncatedTo"/>. All of them are decided.</summary>
    public Slot ReleasedTo { get; private set; }

    /// <summary>What the entries in memory take, in bytes, about.</summary>
    public long Bytes { get; private set; }

    /// <summary>The highest slot that holds an entry, or <see cref="ReleasedTo"/>.</summary>
    public Slot Highest { get; private set; }

    /// <summary>The entry of a slot; null when there is none in memory.</summary>
    public AcceptedEntry? this[Slot slot] => slot > ReleasedTo && slot <= Highest ? _ring[Index(slot)] : null;

    /// <summary>Puts an entry in its slot.</summary>
    public void Put(AcceptedEntry entry)
    {
        Invariant.Require(entry.Slot > ReleasedTo, "no entry is put where the log was released or truncated");
        while (entry.Slot - ReleasedTo > _ring.Length)
        {
            Grow();
        }

        ref var place = ref _ring[Index(entry.Slot)];
        Bytes += SizeOf(entry) - SizeOf(place);
        place = BatchMemory.Settle(entry);
        Highest = Slot.Max(Highest, entry.Slot);
    }

    /// <summary>Removes the slots up to <paramref name="slot"/>.</summary>
    public void Truncate(Slot slot)
    {
        Release(slot, 0);
        TruncatedTo = Slot.Max(TruncatedTo, slot);
        ReleasedTo = Slot.Max(ReleasedTo, slot);
        Highest = Slot.Max(Highest, slot);
    }

    /// <summary>Lets go of the oldest entries, until the others take no more than <paramref name="keepBytes"/>.</summary>
    /// <param name="to">None above it: these may not be decided.</param>
    /// <param name="keepBytes">What may stay.</param>
    public void Release(Slot to, long keepBytes)
    {
        while (Bytes > keepBytes && ReleasedTo < to && ReleasedTo < Highest)
        {
            ReleasedTo = ReleasedTo.Next;
            ref var place = ref _ring[Index(ReleasedTo)];
            Bytes -= SizeOf(place);
            place = null;
        }
    }

    /// <summary>The entries from <paramref name="from"/> on, in order, up to <paramref name="to"/> and about
    /// <paramref name="maxBytes"/>.</summary>
    /// <returns>The entries, and whether others follow.</returns>
    public (AcceptedEntry[] Entries, bool More) Page(Slot from, Slot to, int maxBytes)
    {
        var page = new List<AcceptedEntry>();
        long bytes = 0;
        var last = Slot.Min(to, Highest);
        for (var slot = Slot.Max(from, ReleasedTo.Next); slot <= last; slot = slot.Next)
        {
            if (this[slot] is not { } entry)
            {
                continue;
            }

            bytes += SizeOf(entry);
            if (page.Count > 0 && bytes > maxBytes)
            {
                return ([.. page], true);
            }

            page.Add(entry);
        }

        return ([.. page], false);
    }

    private static int SizeOf(AcceptedEntry? entry) => entry is null ? 0 : entry.Batch.Length + EntryOverhead;

    private int Index(Slot slot) => (int)(slot.Value & (_ring.Length - 1));

    private void Grow()
    {
        var old = _ring;
        _ring = new AcceptedEntry?[old.Length * 2];
        foreach (var entry in old)
        {
            if (entry is not null)
            {
                _ring[Index(entry.Slot)] = entry;
            }
        }
    }
}
