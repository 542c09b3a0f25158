using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Stores;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>All the watches of one client at this node: one watcher under many globs, and what it was told of is read once.</summary>
internal sealed class WatchStream(StoreHost host, TimeProvider time)
{
    private const int EventsMax = 1000;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Glob> _globs = new(StringComparer.Ordinal);
    private readonly Watcher _watcher = new();
    private bool _isClosed;
    private long _changes;
    private int _asking;
    private long _lastAsked = time.GetTimestamp();

    /// <summary>For how long nobody has asked.</summary>
    public TimeSpan Silence => Volatile.Read(ref _asking) > 0 ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _lastAsked));

    /// <summary>Adds and removes globs; null when the change does not follow the last one or the stream is closed.</summary>
    public RefusedGlob[]? TryChange(WatchStreamChange change)
    {
        lock (_lock)
        {
            if (_isClosed || change.Number != _changes + 1)
            {
                return null;
            }

            foreach (var pattern in change.Removed)
            {
                if (_globs.Remove(pattern, out var glob))
                {
                    host.Watches.Remove(_watcher, glob);
                }
            }

            var refused = change.Added.Select(Add).OfType<RefusedGlob>().ToArray();

            _changes = change.Number;
            return refused;
        }
    }

    /// <summary>Reads what has come; waits when nothing has.</summary>
    public async Task<WatchStreamReply> FollowAsync(WatchStreamRequest request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asking);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(request.MaxWait);
            var limit = Math.Clamp(request.Limit, 1, EventsMax);
            while (true)
            {
                var (watched, changes) = Take();
                if (watched.First is { } first)
                {
                    var reply = Read(first, watched.Seen, limit, changes);
                    if (reply.Events.Length > 0 || reply.Status.Error != DoozerErrorCode.None)
                    {
                        return reply;
                    }
                }
                else if (patience.IsCancellationRequested)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return new(HistoryRange.StatusOf(host.Machine), [], watched.Seen.Next, changes);
                }
                else
                {
                    await watched.Woken.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _lastAsked, time.GetTimestamp());
            Interlocked.Decrement(ref _asking);
        }
    }

    /// <summary>What is to be read, and the changes that it covers. Not while a change is made: what a reply holds for globs of a change that it
    /// does not name is left out by the client, and would not be read again.</summary>
    private (Watched Watched, long Changes) Take()
    {
        lock (_lock)
        {
            return (host.Watches.Take(_watcher), _changes);
        }
    }

    /// <summary>Takes all its globs away.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var glob in _globs.Values)
            {
                host.Watches.Remove(_watcher, glob);
            }

            _globs.Clear();
        }
    }

    private RefusedGlob? Add(WatchedGlob added)
    {
        if (!Glob.TryParse(added.Glob, out var glob))
        {
            return new(added.Glob, DoozerErrorCode.BadPath, $"invalid glob pattern: {added.Glob}");
        }

        var machine = host.Machine!;
        var from = Revision.Max(added.From, new(1));
        if (from < machine.History.Oldest)
        {
            return new(added.Glob, DoozerErrorCode.TooLate, HistoryRange.TooLateDetail(machine, from));
        }

        try
        {
            if (_globs.TryAdd(added.Glob, glob))
            {
                host.Watches.Add(_watcher, glob);
            }
        }
        catch (DoozerException exception)
        {
            _globs.Remove(added.Glob);
            return new(added.Glob, exception.Code, exception.Message);
        }

        host.Watches.Rewind(_watcher, from);
        return null;
    }

    private WatchStreamReply Read(Revision from, Revision seen, int limit, long changes)
    {
        var machine = host.Machine!;
        var range = HistoryRange.Read(machine, from, seen, limit, change => host.Watches.IsWatched(_watcher, change.Path));
        if (range.Next <= seen && !range.TooLate)
        {
            host.Watches.Rewind(_watcher, range.Next);
        }

        return new(range.StatusOf(machine, from), [.. range.Events], range.Next, changes);
    }
}
