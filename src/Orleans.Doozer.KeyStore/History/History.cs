namespace Orleans.Doozer.KeyStore;

/// <summary>
/// The last revisions of a store, each with the changes that made it and the state after it. One thread writes, any number read
/// without a lock.
/// </summary>
/// <remarks>
/// A ring of records that never change, indexed by revision. A reader finds out that the writer has reused a place by the
/// revision in the record, so the worst that a race can do is to tell it "too late" a moment early. The head is published after
/// the records below it.
/// </remarks>
public sealed class History
{
    private const int FirstLength = 64;

    private readonly int _limit;
    private readonly long _base;
    private HistoryRecord?[] _ring;
    private long _head;
    private long _written;      // the writer's own head: a slot's revisions become visible together

    internal History(StoreView start, int limit)
    {
        _limit = limit;
        _base = _head = _written = start.Revision.Value;
        _ring = new HistoryRecord?[Math.Min(FirstLength, limit)];
        _ring[_base % _ring.Length] = new HistoryRecord(start, change: null);
    }

    /// <summary>The newest revision.</summary>
    public Revision Head => new(Volatile.Read(ref _head));

    /// <summary>The oldest revision whose changes are kept. A watch from before it is too late. After a start from a snapshot it
    /// is the revision after the snapshot's; in a store without changes it is 1, which is still to come.</summary>
    public Revision Oldest => new(OldestAt(Volatile.Read(ref _head)));

    /// <summary>The store exactly as it was at a revision; false when that is no longer kept, or still to come.</summary>
    public bool TryGetView(Revision revision, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out StoreView? view)
    {
        var head = Volatile.Read(ref _head);
        var kept = revision.Value <= head && revision.Value > head - _limit && revision.Value >= _base;
        view = kept ? Find(revision.Value)?.View : null;
        return view is not null;
    }

    /// <summary>The changes from a revision on, at most about <paramref name="limit"/>.</summary>
    /// <param name="from">The first revision; 0 or less is 1, as in Doozer.</param>
    /// <param name="limit">How many changes at most; the changes of one revision stay together, so there may be more.</param>
    public HistoryPage Read(Revision from, int limit)
    {
        var head = Volatile.Read(ref _head);
        var next = Math.Max(from.Value, 1);
        if (next < OldestAt(head))
        {
            return new(true, [], new(next));
        }

        var events = new List<DoozerEvent>();
        while (next <= head && events.Count < limit)
        {
            if (Find(next) is not { } record)
            {
                // The writer went round the ring meanwhile. What was read is right; the next call says that it is too late.
                return new(events.Count == 0, events, new(next));
            }

            record.AddTo(events);
            next++;
        }

        return new(false, events, new(next));
    }

    internal void Add(HistoryRecord record)
    {
        _written++;
        if (_written - _base >= _ring.Length && _ring.Length < _limit)
        {
            Grow();
        }

        Volatile.Write(ref _ring[_written % _ring.Length], record);
    }

    /// <summary>The newest state was also left by a later slot.</summary>
    internal void MoveHead(StoreView view)
    {
        ref var place = ref _ring[_written % _ring.Length];
        Volatile.Write(ref place, place!.With(view));
    }

    internal void Publish() => Volatile.Write(ref _head, _written);

    private long OldestAt(long head) => Math.Max(head - _limit, _base) + 1;

    private HistoryRecord? Find(long revision)
    {
        var ring = Volatile.Read(ref _ring);
        var record = Volatile.Read(ref ring[revision % ring.Length]);
        return record is not null && record.View.Revision.Value == revision ? record : null;
    }

    private void Grow()
    {
        var longer = new HistoryRecord?[(int)Math.Min(_ring.Length * 2L, _limit)];
        foreach (var record in _ring)
        {
            if (record is not null)
            {
                longer[record.View.Revision.Value % longer.Length] = record;
            }
        }

        Volatile.Write(ref _ring, longer);
    }
}
