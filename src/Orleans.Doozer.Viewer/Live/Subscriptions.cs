using System.Text.Json;

namespace Orleans.Doozer.Viewer.Live;

/// <summary>What one page wants to be told. The page's messages change it, the sending loop reads it.</summary>
internal sealed class Subscriptions(ServingNode serving, TimeProvider time)
{
    private const int DirectoriesMax = 500;
    private const int WatchesMax = 8;
    private const int IdMax = 32;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, WatchSource> _watches = new(StringComparer.Ordinal);
    private TreeSource? _tree;
    private FeedKinds _feeds;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it changes after the call.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    public FeedKinds Feeds
    {
        get
        {
            lock (_lock)
            {
                return _feeds;
            }
        }
    }

    /// <summary>What the page follows now.</summary>
    public IReadOnlyList<ISource> Sources
    {
        get
        {
            lock (_lock)
            {
                return _tree is null ? [.. _watches.Values] : [_tree, .. _watches.Values];
            }
        }
    }

    /// <summary>Takes a message of the page.</summary>
    /// <returns>The refusal to send; null when it was taken.</returns>
    /// <exception cref="JsonException">It is no message of ours.</exception>
    public ErrorFrame? Take(PageMessage message)
    {
        var refusal = message.Type switch
        {
            "tree" => TakeTree(message),
            "watch" => TakeWatch(message),
            "unwatch" => TakeUnwatch(message),
            "feeds" => TakeFeeds(message),
            _ => throw new JsonException("the type is none of tree, watch, unwatch, feeds"),
        };
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return refusal;
    }

    /// <summary>Ends what can go on no more.</summary>
    public void Remove(ISource source)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_tree, source))
            {
                _tree = null;
            }
            else if (source.Id is { } id && _watches.TryGetValue(id, out var watch) && ReferenceEquals(watch, source))
            {
                _watches.Remove(id);
            }
        }
    }

    private static ErrorFrame Refuse(string? id, string code, string message) => new("error", id, code, message);

    private ErrorFrame? TakeTree(PageMessage message)
    {
        var directories = message.Directories ?? [];
        if (directories.Length > DirectoriesMax)
        {
            return Refuse(null, "limit", $"at most {DirectoriesMax} directories may be open");
        }

        if (Array.Find(directories, directory => !DoozerPath.IsValid(directory, serving.Options.MaxPathLength)) is { } bad)
        {
            return Refuse(null, "badPath", DoozerPath.Describe(bad)!);
        }

        lock (_lock)
        {
            // Without a place of its own it goes on where the one before stood.
            var next = message.From is { } from ? new Revision(Math.Max(from, 1)) : _tree?.Cursor.Next ?? Now;
            _tree = directories.Length == 0
                ? null
                : new TreeSource(serving, new HistoryCursor(serving, Glob.Everything.Pattern, next, time), directories);
        }

        return null;
    }

    private ErrorFrame? TakeWatch(PageMessage message)
    {
        if (message.Id is not { Length: > 0 and <= IdMax } id)
        {
            return Refuse(null, "badRequest", $"a watch needs an id of at most {IdMax} characters");
        }

        if (message.Mode is not ("all" or "latest" or null))
        {
            return Refuse(id, "badRequest", "the mode is all or latest");
        }

        if (!Glob.TryParse(message.Glob, out var glob))
        {
            return Refuse(id, "badPath", "the glob is a path in which ? is a character of a name, * any of a name and ** any at all");
        }

        lock (_lock)
        {
            if (_watches.Count >= WatchesMax && !_watches.ContainsKey(id))
            {
                return Refuse(id, "limit", $"a page has at most {WatchesMax} watches");
            }

            var next = message.From is { } from ? new Revision(Math.Max(from, 1)) : Now;
            _watches[id] = new WatchSource(
                serving, new HistoryCursor(serving, glob.Pattern, next, time), id, isLatestOnly: message.Mode == "latest");
        }

        return null;
    }

    private ErrorFrame? TakeUnwatch(PageMessage message)
    {
        lock (_lock)
        {
            _watches.Remove(message.Id ?? "");
        }

        return null;
    }

    private ErrorFrame? TakeFeeds(PageMessage message)
    {
        var feeds = FeedKinds.None;
        foreach (var name in message.On ?? [])
        {
            FeedKinds? kind = name switch
            {
                "cluster" => FeedKinds.Cluster,
                "paxos" => FeedKinds.Paxos,
                "series" => FeedKinds.Series,
                _ => null,
            };
            if (kind is null)
            {
                return Refuse(null, "badRequest", "the feeds are cluster, paxos and series");
            }

            feeds |= kind.Value;
        }

        lock (_lock)
        {
            _feeds = feeds;
        }

        return null;
    }

    private Revision Now => serving.Store.Current.Revision.Next;
}

/// <summary>What is sent at intervals.</summary>
[Flags]
internal enum FeedKinds
{
    None = 0,
    Cluster = 1,
    Paxos = 2,
    Series = 4,
}
