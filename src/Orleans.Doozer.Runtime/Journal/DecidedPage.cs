using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>Collects entries for <see cref="IJournal.ReadDecided"/> while they follow each other and fit.</summary>
internal sealed class DecidedPage(Slot from, int maxBytes)
{
    private readonly List<AcceptedEntry> _entries = [];
    private Slot _next = from;
    private long _bytes;

    public IReadOnlyList<AcceptedEntry> Entries => _entries;

    /// <summary>Takes the next entry; false when the page ends before it.</summary>
    public bool TryAdd(AcceptedEntry entry)
    {
        _bytes += entry.Batch.Length;
        if (entry.Slot != _next || (_entries.Count > 0 && _bytes > maxBytes))
        {
            return false;
        }

        _entries.Add(entry);
        _next = _next.Next;
        return true;
    }
}
