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
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private Task _loop = Task.CompletedTask;
    private Revision _seen;
    private int _count;

    /// <summary>How many globs are watched, each as often as it has watchers.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Slots were applied.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

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

            if (_count == 0 && host.Machine is { } machine)
            {
                _seen = machine.History.Head;
            }

            _count += _watchers.Add(glob, watcher) ? 1 : 0;
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
                // Whoever is added from now on reads the history up to here himself.
                _seen = machine.History.Head;
                return false;
            }
        }

        var page = machine.History.Read(_seen.Next, PageEvents);
        lock (_lock)
        {
            if (page.TooLate || machine.History.Head < _seen)
            {
                // The state jumped (a snapshot was installed): whoever waits looks for himself, from where he was.
                foreach (var watcher in _watchers.Values)
                {
                    watcher.Matched(_seen.Next);
                }

                _seen = machine.History.Head;
                return false;
            }

            foreach (var change in page.Events)
            {
                _watchers.Find(change.Path, _found);
                foreach (var watcher in _found)
                {
                    watcher.Matched(change.Revision);
                }

                _found.Clear();
            }

            _seen = new Revision(page.Next.Value - 1);
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
