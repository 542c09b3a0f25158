using System.Threading.Channels;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>
/// Wakes the watchers of one store on this node. Watchers stand in the directory under which all their glob can match lies, grouped by
/// pattern; a change is shown to the directories above it only. It runs beside the apply, which never waits for it, and hands out no
/// events: a woken watcher reads the history at its own pace.
/// </summary>
internal sealed class WatchHub(StoreHost host, StoreHostServices services) : IAsyncDisposable
{
    private const int PageEvents = 1024;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, PatternWatchers>> _directories = new(StringComparer.Ordinal);
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private Task _loop = Task.CompletedTask;
    private Revision _seen;
    private int _count;

    /// <summary>How many watchers wait.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Slots were applied.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Registers a watcher; its task completes when a matching change may have come.</summary>
    /// <exception cref="DoozerException">With <see cref="DoozerErrorCode.LimitExceeded"/> when too many watch already.</exception>
    public Watcher Register(Glob glob)
    {
        lock (_lock)
        {
            if (_count >= services.Options.MaxWatchers)
            {
                throw new DoozerException(
                    DoozerErrorCode.LimitExceeded,
                    $"{_count} watches wait on node {host.Self} already, the limit (MaxWatchers); use another node or fewer watches");
            }

            _count++;
            if (!_directories.TryGetValue(glob.LiteralDirectory, out var patterns))
            {
                _directories.Add(glob.LiteralDirectory, patterns = new(StringComparer.Ordinal));
            }

            if (!patterns.TryGetValue(glob.Pattern, out var watchers))
            {
                patterns.Add(glob.Pattern, watchers = new PatternWatchers(glob));
            }

            var watcher = new Watcher(glob);
            watchers.Waiting.Add(watcher);
            return watcher;
        }
    }

    /// <summary>Takes a watcher away.</summary>
    /// <returns>Null when it was woken; otherwise the revision up to which nothing has matched since it was registered.</returns>
    public Revision? Remove(Watcher watcher)
    {
        lock (_lock)
        {
            if (watcher.IsWoken)
            {
                return null;
            }

            _count--;
            var patterns = _directories[watcher.Glob.LiteralDirectory];
            var watchers = patterns[watcher.Glob.Pattern];
            watchers.Waiting.Remove(watcher);
            if (watchers.Waiting.Count == 0)
            {
                patterns.Remove(watcher.Glob.Pattern);
                if (patterns.Count == 0)
                {
                    _directories.Remove(watcher.Glob.LiteralDirectory);
                }
            }

            return _seen;
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

    /// <summary>Shows the next changes to the watchers.</summary>
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
                // Whoever registers from now on reads the history up to here himself.
                _seen = machine.History.Head;
                return false;
            }
        }

        var page = machine.History.Read(_seen.Next, PageEvents);
        lock (_lock)
        {
            if (page.TooLate || machine.History.Head < _seen)
            {
                // The state jumped (a snapshot was installed): whoever waits looks for himself.
                WakeAll();
                _seen = machine.History.Head;
                return false;
            }

            foreach (var change in page.Events)
            {
                Wake(change);
            }

            _seen = new Revision(page.Next.Value - 1);
            return _seen < machine.History.Head;
        }
    }

    private void Wake(DoozerEvent change)
    {
        if (_count == 0)
        {
            return;
        }

        // The path itself is looked up too: a Nop's path is the root, where the widest globs stand.
        for (var directory = change.Path; ; directory = DoozerPath.Parent(directory))
        {
            if (_directories.TryGetValue(directory, out var patterns))
            {
                Wake(patterns, directory, change.Path);
            }

            if (directory.Length == 1)
            {
                return;
            }
        }
    }

    private void Wake(Dictionary<string, PatternWatchers> patterns, string directory, string path)
    {
        List<string>? emptied = null;
        foreach (var (pattern, watchers) in patterns)
        {
            if (watchers.Glob.IsMatch(path))
            {
                _count -= watchers.Waiting.Count;
                foreach (var watcher in watchers.Waiting)
                {
                    watcher.Wake();
                }

                (emptied ??= []).Add(pattern);
            }
        }

        foreach (var pattern in emptied ?? [])
        {
            patterns.Remove(pattern);
        }

        if (patterns.Count == 0)
        {
            _directories.Remove(directory);
        }
    }

    private void WakeAll()
    {
        foreach (var patterns in _directories.Values)
        {
            foreach (var watchers in patterns.Values)
            {
                foreach (var watcher in watchers.Waiting)
                {
                    watcher.Wake();
                }
            }
        }

        _directories.Clear();
        _count = 0;
    }

    private sealed class PatternWatchers(Glob glob)
    {
        public Glob Glob => glob;

        public HashSet<Watcher> Waiting { get; } = [];
    }
}

/// <summary>Somebody who waits for a change.</summary>
internal sealed class Watcher(Glob glob)
{
    private readonly TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Glob Glob => glob;

    public bool IsWoken => _woken.Task.IsCompleted;

    public Task Woken => _woken.Task;

    public void Wake() => _woken.TrySetResult();
}
