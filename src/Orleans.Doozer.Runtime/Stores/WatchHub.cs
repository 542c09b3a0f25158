using System.Threading.Channels;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>
/// Tells the watchers of one store on this node at which revision something first matched. It runs beside the apply, which never waits
/// for it, and hands out no events: a watcher reads the history at its own pace.
/// </summary>
internal sealed class WatchHub(StoreHost host, StoreHostServices services) : IAsyncDisposable
{
    private const int PageEvents = 1024;
    private readonly Lock _lock = new();
    private readonly GlobMap<Watcher> _watchers = new();
    private readonly List<Watcher> _found = [];
    private readonly List<(Revision Revision, string Path)> _changes = [];
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private Task _loop = Task.CompletedTask;
    private Revision _seen;
    private int _count;

    /// <summary>How many globs are watched, each as often as it has watchers.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Slots were applied. While nobody watches, nobody is woken.</summary>
    public void Signal()
    {
        // The head is written before the number of watches is read, and in Add the other way round: one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (Count > 0)
        {
            _signals.Writer.TryWrite(true);
        }
    }

    /// <summary>A watcher is told of what matches from now on.</summary>
    /// <exception cref="DoozerException">With <see cref="DoozerErrorCode.LimitExceeded"/> when too much is watched already.</exception>
    public void Add(Watcher watcher, Glob glob)
    {
        lock (_lock)
        {
            if (_count >= services.Options.MaxWatchers)
            {
                throw new DoozerException(
                    DoozerErrorCode.LimitExceeded,
                    $"{_count} watches wait on node {host.Self} already, the limit (MaxWatchers); use another node or fewer watches");
            }

            var isFirst = _count == 0;
            _count += _watchers.Add(glob, watcher) ? 1 : 0;
            Interlocked.MemoryBarrier();
            if (isFirst)
            {
                SkipToHead();
            }
        }
    }

    /// <summary>It is not told of these matches any more.</summary>
    public void Remove(Watcher watcher, Glob glob)
    {
        lock (_lock)
        {
            _count -= _watchers.Remove(glob, watcher) ? 1 : 0;
        }
    }

    /// <summary>Something may have matched since a revision, as the watcher itself knows.</summary>
    public void Rewind(Watcher watcher, Revision from)
    {
        lock (_lock)
        {
            if (from <= _seen)
            {
                watcher.Matched(from);
            }
        }
    }

    /// <summary>What became of a watcher since the last call.</summary>
    public Watched Take(Watcher watcher)
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                SkipToHead();
            }

            return watcher.Take(_seen);
        }
    }

    /// <summary>Whether a path matches any glob of a watcher.</summary>
    public bool IsWatched(Watcher watcher, string path)
    {
        lock (_lock)
        {
            return _watchers.Contains(path, watcher);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _signals.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        while (await _signals.Reader.WaitToReadAsync())
        {
            _signals.Reader.TryRead(out _);
            while (Advance())
            {
            }
        }
    }

    /// <summary>Nobody watches yet: whoever is added from now on reads the history up to here himself.</summary>
    private void SkipToHead() => _seen = host.Machine?.History.Head ?? _seen;

    /// <summary>Looks at the next changes.</summary>
    /// <returns>Whether there may be more.</returns>
    private bool Advance()
    {
        if (host.Machine is not { } machine)
        {
            return false;
        }

        lock (_lock)
        {
            if (_count == 0)
            {
                SkipToHead();
                return false;
            }
        }

        _changes.Clear();
        var (tooLate, next) = machine.History.ReadPaths(_seen.Next, PageEvents, _changes);
        lock (_lock)
        {
            if (tooLate || machine.History.Head < _seen)
            {
                // The state jumped (a snapshot was installed): whoever waits looks for himself, from where he was.
                foreach (var watcher in _watchers.Values)
                {
                    watcher.Matched(_seen.Next);
                }

                _seen = machine.History.Head;
                return false;
            }

            foreach (var (revision, path) in _changes)
            {
                _watchers.Find(path, _found);
                foreach (var watcher in _found)
                {
                    watcher.Matched(revision);
                }

                _found.Clear();
            }

            _seen = new Revision(next.Value - 1);
            return _seen < machine.History.Head;
        }
    }
}

/// <summary>Somebody who waits for changes; the hub's lock guards it.</summary>
internal sealed class Watcher
{
    private TaskCompletionSource? _woken;
    private Revision? _first;

    /// <summary>Something matched; the first time counts until it is taken.</summary>
    public void Matched(Revision revision)
    {
        _first = _first is { } first && first < revision ? first : revision;
        _woken?.TrySetResult();
    }

    public Watched Take(Revision seen)
    {
        var first = _first;
        _first = null;
        _woken = first is null ? _woken ?? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        return new(first, seen, _woken?.Task ?? Task.CompletedTask);
    }
}

/// <summary>What a watcher is told.</summary>
/// <param name="First">Where the first match may be; null when nothing matched.</param>
/// <param name="Seen">Up to which revision that is known.</param>
/// <param name="Woken">Completes when something matches.</param>
internal readonly record struct Watched(Revision? First, Revision Seen, Task Woken);
