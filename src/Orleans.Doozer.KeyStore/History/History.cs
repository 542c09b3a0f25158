namespace Orleans.Doozer.KeyStore;

/// <summary>
/// The newest state of a store and its last revisions, each with the change that made it. One thread writes, any number read without a
/// lock.
/// </summary>
/// <remarks>
/// The worst that a race of a reader with the writer can do is to tell it "too late" a moment early. The head is published after the
/// records below it. Every <c>stride</c> revisions the whole state is kept; another is made from the nearest one that is there, forward or
/// backward. The ring is longer by a stride, so that what a slot writes leaves alone what is still kept.
/// </remarks>
public sealed class History
{
    private const int ShortLife = 8;    // a part of what is kept

    private readonly int _limit;
    private readonly int _stride;
    private readonly long _limitBytes;
    private readonly long _base;
    private readonly HistoryRing _ring;
    private StoreView _current;
    private StoreView? _rebuilt;
    private long _head;
    private long _floor;        // revisions up to here are kept no longer
    private long _written;      // the writer's own head: a slot's revisions become visible together
    private long _tail;         // the first one in the ring

    internal History(StoreView start, StateMachineOptions options)
    {
        _limit = options.History;
        _stride = options.WholeStateRevisions;
        _limitBytes = options.HistoryBytes;
        _base = _head = _written = _tail = start.Revision.Value;
        _floor = _base - 1;
        _current = start;
        _ring = new((long)_limit + _stride);
        _ring.Put(HistoryRecord.Start(start), 0);
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

    /// <summary>The store exactly as it was at a revision; false when that is no longer kept, or still to come. An old state may have
    /// to be made from up to half of <see cref="StateMachineOptions.WholeStateRevisions"/> changes; the last one that was made is kept, so that
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
        var events = new List<DoozerEvent>();
        var (tooLate, next) = Scan(from, limit, events, static (in HistoryRecord record, List<DoozerEvent> found) => found.Add(record.Event));
        return new(tooLate, events, next);
    }

    /// <summary>Which files were changed from a revision on: all that is asked of most changes, and without an object for each.</summary>
    /// <param name="from">The first revision; 0 or less is 1.</param>
    /// <param name="limit">How many changes at most.</param>
    /// <param name="changes">They are added here in order.</param>
    /// <returns>Whether the first revision is no longer kept, and then nothing was added; and where to go on.</returns>
    public (bool TooLate, Revision Next) ReadPaths(Revision from, int limit, ICollection<(Revision Revision, string Path)> changes) =>
        Scan(from, limit, changes, static (in HistoryRecord record, ICollection<(Revision Revision, string Path)> found) =>
            found.Add((record.Revision, record.Path)));

    /// <summary>A command of so many bytes is applied, or refused.</summary>
    internal void Count(int bytes) => LogBytes += bytes;

    /// <summary>
    /// The next change with its file in the form that is right for the life that it will have. A file that was replaced is kept for as long as
    /// its replacement; one that lived shortly may keep its whole batch until then, unless that is long. One that lived long was given its own
    /// bytes or will be, and the same is to be expected of its replacement, and of a new file: it gets them while it is new. Later it is old
    /// and cold, and the collector has to find what was changed in it.
    /// </summary>
    internal HistoryRecord Settle(HistoryRecord record)
    {
        if (!record.Previous.Exists || !IsYoung(record.Previous.Revision.Value))
        {
            return record with { File = record.File.ToOwn() };
        }

        _ring.MarkShortLived(record.Previous.Revision.Value);
        return record;
    }

    /// <summary>Adds a revision.</summary>
    /// <returns>Whether the state after it is kept.</returns>
    internal bool Add(HistoryRecord record, StoreView view)
    {
        _written++;
        if (_written - _tail >= _ring.Length && _ring.CanGrow)
        {
            _ring.Grow();
        }

        if (_written % _stride == 0)
        {
            record = record with { Whole = view };
        }

        _ring.Put(record, LogBytes);
        return record.Whole is not null;
    }

    /// <summary>The newest state was also left by a later slot.</summary>
    internal void MoveHead(StoreView view)
    {
        if (_ring.TryFind(_written, out var record))
        {
            _ring.Replace(record with { Position = view.Position, Whole = record.Whole is null ? null : view });
        }
    }

    internal void Publish(StoreView view)
    {
        var floor = _floor;
        while (_written - floor > _limit || (floor < _written && LogBytes - _ring.EndOf(floor + 1) > _limitBytes))
        {
            floor++;
        }

        // A reader takes the floor before the head: with a new floor it has the head that goes with it.
        Volatile.Write(ref _head, _written);
        Volatile.Write(ref _floor, floor);
        Volatile.Write(ref _current, view);
        Forget(floor);
    }

    private (bool TooLate, Revision Next) Scan<T>(Revision from, int limit, T found, Collector<T> add)
    {
        var oldest = OldestAt(Volatile.Read(ref _floor));
        var head = Volatile.Read(ref _head);
        var first = Math.Max(from.Value, 1);
        if (first < oldest)
        {
            return (true, new(first));
        }

        var next = first;
        for (; next <= head && next - first < limit; next++)
        {
            if (!_ring.TryFind(next, out var record))
            {
                // The writer went round the ring meanwhile. What was read is right; the next call says that it is too late.
                return (next == first, new(next));
            }

            add(record, found);
        }

        return (false, new(next));
    }

    private long OldestAt(long floor) => Math.Max(floor, _base) + 1;

    /// <summary>Lets go of what is kept no longer.</summary>
    private void Forget(long floor)
    {
        for (; _tail <= floor; _tail++)
        {
            _ring.Remove(_tail);
        }

        // It would keep every value alive that was replaced since.
        if (Volatile.Read(ref _rebuilt)?.Revision.Value <= floor)
        {
            Volatile.Write(ref _rebuilt, null);
        }
    }

    private bool IsYoung(long revision) => revision > _floor
        && _written - revision < _limit / ShortLife
        && LogBytes - _ring.EndOf(revision) <= _limitBytes / ShortLife;

    private StoreView? Rebuild(long revision)
    {
        if (!_ring.TryFind(revision, out var wanted) || FindNear(revision) is not { } view)
        {
            return null;
        }

        while (view.Revision != wanted.Revision)
        {
            var isEarlier = view.Revision < wanted.Revision;
            if (!_ring.TryFind(isEarlier ? view.Revision.Value + 1 : view.Revision.Value, out var change))
            {
                return null;
            }

            view = isEarlier ? change.ApplyTo(view) : change.UndoIn(view);
        }

        // What was the head when it was made may have been left by more slots since.
        view = view.Position == wanted.Position ? view : view.MoveTo(wanted.Position);
        Volatile.Write(ref _rebuilt, view);
        return view;
    }

    /// <summary>The state at a revision or at the nearest one where it is at hand; null when the writer went round the ring meanwhile.</summary>
    private StoreView? FindNear(long revision)
    {
        var current = Current;
        var rebuilt = Volatile.Read(ref _rebuilt);
        var (hasLater, hasEarlier) = (true, true);
        StoreView? found = null;
        for (var distance = 0L; found is null && (hasLater || hasEarlier); distance++)
        {
            found = (hasLater ? Known(revision + distance, out hasLater) : null) ?? (hasEarlier ? Known(revision - distance, out hasEarlier) : null);
        }

        return found;

        StoreView? Known(long at, out bool isHere)
        {
            isHere = _ring.TryFind(at, out var record);
            return current.Revision.Value == at ? current : rebuilt?.Revision.Value == at ? rebuilt : record.Whole;
        }
    }

    private delegate void Collector<in T>(in HistoryRecord record, T found);
}
