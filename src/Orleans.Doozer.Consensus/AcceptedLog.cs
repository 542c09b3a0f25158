namespace Orleans.Doozer.Consensus;

/// <summary>The accepted entries by slot, above the truncation mark; it may have holes. Constant time by slot.</summary>
public sealed class AcceptedLog
{
    private AcceptedEntry?[] _ring = new AcceptedEntry?[1024];

    /// <summary>Slots up to here are gone.</summary>
    public Slot TruncatedTo { get; private set; }

    /// <summary>The highest slot that holds an entry, or <see cref="TruncatedTo"/>.</summary>
    public Slot Highest { get; private set; }

    /// <summary>The entry of a slot; null when there is none.</summary>
    public AcceptedEntry? this[Slot slot] => slot > TruncatedTo && slot <= Highest ? _ring[Index(slot)] : null;

    /// <summary>Puts an entry in its slot.</summary>
    public void Put(AcceptedEntry entry)
    {
        Invariant.Require(entry.Slot > TruncatedTo, "no entry is put below the truncation mark");
        while (entry.Slot - TruncatedTo > _ring.Length)
        {
            Grow();
        }

        _ring[Index(entry.Slot)] = BatchMemory.Settle(entry);
        Highest = Slot.Max(Highest, entry.Slot);
    }

    /// <summary>Removes the slots up to <paramref name="slot"/>.</summary>
    public void Truncate(Slot slot)
    {
        for (var gone = TruncatedTo.Next; gone <= slot && gone <= Highest; gone = gone.Next)
        {
            _ring[Index(gone)] = null;
        }

        TruncatedTo = Slot.Max(TruncatedTo, slot);
        Highest = Slot.Max(Highest, TruncatedTo);
    }

    /// <summary>The entries from <paramref name="from"/> on, in order, up to <paramref name="to"/> and about
    /// <paramref name="maxBytes"/>.</summary>
    /// <returns>The entries, and whether others follow.</returns>
    public (AcceptedEntry[] Entries, bool More) Page(Slot from, Slot to, int maxBytes)
    {
        var page = new List<AcceptedEntry>();
        long bytes = 0;
        var last = to < Highest ? to : Highest;
        for (var slot = Slot.Max(from, TruncatedTo.Next); slot <= last; slot = slot.Next)
        {
            if (this[slot] is not { } entry)
            {
                continue;
            }

            bytes += entry.Batch.Length + 64;
            if (page.Count > 0 && bytes > maxBytes)
            {
                return ([.. page], true);
            }

            page.Add(entry);
        }

        return ([.. page], false);
    }

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
