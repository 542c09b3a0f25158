namespace Orleans.Doozer.KeyStore;

/// <summary>
/// The newest state of a store and its last revisions, each with the change that made it. One thread writes, any number read without a
/// lock.
/// </summary>
/// <remarks>
/// A ring of records that never change, indexed by revision. A reader finds out that the writer has reused a place by the
/// revision in the record, so the worst that a race can do is to tell it "too late" a moment early. The head is published after
/// the records below it. Every <c>stride</c> revisions, or hundredth of the bytes, the whole state is kept; the ring is longer by as much,
/// so that a state between two of them can be made again from the one before.
/// </remarks>
public sealed class History
{
    private const int FirstLength = 64;

    private readonly int _limit;
    private readonly int _stride;
    private readonly long _limitBytes;
    private readonly long _strideBytes;
    private readonly long _base;
    private readonly Queue<long> _wholes = new();   // the later revisions whose state is kept
    private HistoryRecord?[] _ring;
    private long[] _ends;       // the bytes of the log up to each revision
    private StoreView _current;
    private StoreView? _rebuilt;
    private long _head;
    private long _floor;        // revisions up to here are kept no longer
    private long _written;      // the writer's own head: a slot's revisions become visible together
    private long _whole;        // the last revision whose state is kept
    private long _tail;         // the first one in the ring: its state is kept

    internal History(StoreView start, StateMachineOptions options)
    {
        _limit = options.History;
        _stride = options.WholeStateRevisions;
        _limitBytes = options.HistoryBytes;
        _strideBytes = options.WholeStateBytes;
        _base = _head = _written = _whole = _tail = start.Revision.Value;
        _floor = _base - 1;
        _current = start;
        _ring = new HistoryRecord?[Math.Min(FirstLength, Length)];
        _ends = new long[_ring.Length];
        _ring[_base % _ring.Length] = HistoryRecord.Start(start);
    }

    /// <summary>The newest revision.</summary>
    public Revision Head => new(Volatile.Read(ref _head));

    /// <summary>The oldest revision whose changes are kept. A watch from before it is too late. After a start from a snapshot it
    /// is the revision after the snapshot's. It is still to come in a store without changes, and when more than
    /// <see cref="StateMachineOptions.HistoryBytes"/> of the log changed nothing.</summary>
    public Revision Oldest => new(OldestAt(Volatile.Read(ref _floor)));

    /// <summary>The newest state. It is published after <see cref="Head"/>: what it shows can be found here.</summary>
    internal StoreView Current => Volatile.Read(ref _current);

    /// <summary>The bytes of all commands so far, also of those that were refused.</summary>
    internal long LogBytes { get; private set; }

    private long Length => (long)_limit + _stride;

    /// <summary>The store exactly as it was at a revision; false when that is no longer kept, or still to come. An old state may have
    /// to be made from up to <see cref="StateMachineOptions.WholeStateRevisions"/> changes; the last one that was made is kept, so that
    /// reading on in it, or forward from it, costs less.</summary>
    public bool TryGetView(Revision revision, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out StoreView? view)
    {
        var current = Current;
        var floor = Volatile.Read(ref _floor);
        var kept = revision.Value <= Volatile.Read(ref _head) && revision.Value > floor;
        view = current.Revision == revision ? current : kept ? Rebuild(revision.Value) : null;
        return view is not null;
    }

    /// <summary>The changes from a revision on, at most about <paramref name="limit"/>.</summary>
    /// <param name="from">The first revision; 0 or less is 1, as in Doozer.</param>
    /// <param name="limit">How many changes at most; the changes of one revision stay together, so there may be more.</param>
    public HistoryPage Read(Revision from, int limit)
    {
        var oldest = OldestAt(Volatile.Read(ref _floor));
        var head = Volatile.Read(ref _head);
        var next = Math.Max(from.Value, 1);
        if (next < oldest)
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

            events.Add(record.Event);
            next++;
        }

        return new(false, events, new(next));
    }

    /// <summary>A command of so many bytes is applied, or refused.</summary>
    internal void Count(int bytes) => LogBytes += bytes;

    internal void Add(HistoryRecord record, StoreView view)
    {
        _written++;
        if (_written - _tail >= _ring.Length && _ring.Length < Length)
        {
            Grow();
        }

        var place = _written % _ring.Length;
        if (_written - _whole >= _stride || LogBytes - _ends[_whole % _ring.Length] >= _strideBytes)
        {
            _whole = _written;
            _wholes.Enqueue(_whole);
            record = record.With(record.Position, view);
        }

        _ends[place] = LogBytes;
        Volatile.Write(ref _ring[place], record);
    }

    /// <summary>The newest state was also left by a later slot.</summary>
    internal void MoveHead(StoreView view)
    {
        ref var place = ref _ring[_written % _ring.Length];
        Volatile.Write(ref place, place!.With(view.Position, place.Whole is null ? null : view));
    }

    internal void Publish(StoreView view)
    {
        var floor = _floor;
        while (_written - floor > _limit || (floor < _written && LogBytes - _ends[(floor + 1) % _ring.Length] > _limitBytes))
        {
            floor++;
        }

        // A reader takes the floor before the head: with a new floor it has the head that goes with it.
        Volatile.Write(ref _head, _written);
        Volatile.Write(ref _floor, floor);
        Volatile.Write(ref _current, view);
        Forget(floor);
    }

    private long OldestAt(long floor) => Math.Max(floor, _base) + 1;

    /// <summary>Lets go of what no kept revision is made from.</summary>
    private void Forget(long floor)
    {
        var first = _tail;
        while (_wholes.TryPeek(out var whole) && whole <= floor + 1)
        {
            first = _wholes.Dequeue();
        }

        for (; _tail < first; _tail++)
        {
            // Another one is there already when a slot had more revisions than the ring. It is not looked at: it has been in no cache for long.
            if (_written - _tail < _ring.Length)
            {
                Volatile.Write(ref _ring[_tail % _ring.Length], null);
            }
        }

        // It would keep every value alive that was replaced since.
        if (Volatile.Read(ref _rebuilt)?.Revision.Value <= floor)
        {
            Volatile.Write(ref _rebuilt, null);
        }
    }

    private HistoryRecord? Find(long revision)
    {
        var ring = Volatile.Read(ref _ring);
        var record = Volatile.Read(ref ring[revision % ring.Length]);
        return record is not null && record.Revision.Value == revision ? record : null;
    }

    private StoreView? Rebuild(long revision)
    {
        var near = Volatile.Read(ref _rebuilt);
        var later = new Stack<HistoryRecord>();
        if (Find(revision) is not { } wanted)
        {
            return null;
        }

        var record = wanted;
        while (record.Whole is null && near?.Revision != record.Revision)
        {
            later.Push(record);
            if (Find(record.Revision.Value - 1) is not { } earlier)
            {
                return null;
            }

            record = earlier;
        }

        var view = record.Whole ?? near!;
        while (later.TryPop(out var next))
        {
            view = next.ApplyTo(view);
        }

        // What was the head when it was made may have been left by more slots since.
        view = view.Position == wanted.Position ? view : view.MoveTo(wanted.Position);
        Volatile.Write(ref _rebuilt, view);
        return view;
    }

    private void Grow()
    {
        var longer = new HistoryRecord?[(int)Math.Min(_ring.Length * 2L, Math.Min(Length, Array.MaxLength))];
        var ends = new long[longer.Length];
        foreach (var record in _ring)
        {
            if (record is not null)
            {
                longer[record.Revision.Value % longer.Length] = record;
                ends[record.Revision.Value % longer.Length] = _ends[record.Revision.Value % _ring.Length];
            }
        }

        Volatile.Write(ref _ring, longer);
        _ends = ends;
    }
}
