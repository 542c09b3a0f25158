using Orleans.Doozer.Grains;

namespace Orleans.Doozer;

/// <summary>The changes of a stream that are still to be sent, in order; as many as may go together are one.</summary>
internal sealed class WatchChanges(Guid stream)
{
    private readonly Queue<Batch> _batches = new();
    private Batch? _last;
    private long _number;

    /// <summary>Watches a glob from a revision on, and what it was to be watched from before.</summary>
    /// <returns>The number of the change that it will be in.</returns>
    public long Add(string pattern, Revision from)
    {
        var batch = BatchFor(pattern);
        batch.Globs[pattern] = batch.Globs.GetValueOrDefault(pattern) is { } planned && planned < from ? planned : from;
        return batch.Number;
    }

    /// <summary>Watches it no longer.</summary>
    public void Remove(string pattern) => BatchFor(pattern).Globs[pattern] = null;

    /// <summary>Takes the next one; null when there is none.</summary>
    public WatchStreamChange? Take()
    {
        if (!_batches.TryDequeue(out var batch))
        {
            return null;
        }

        _last = batch == _last ? null : _last;
        return new(
            stream,
            batch.Number,
            [.. batch.Globs.Where(glob => glob.Value is not null).Select(glob => new WatchedGlob(glob.Key, glob.Value!.Value))],
            [.. batch.Globs.Where(glob => glob.Value is null).Select(glob => glob.Key)]);
    }

    private Batch BatchFor(string pattern)
    {
        if (_last is null || (_last.Globs.Count >= WatchStreamChange.MaxGlobs && !_last.Globs.ContainsKey(pattern)))
        {
            _last = new Batch(++_number);
            _batches.Enqueue(_last);
        }

        return _last;
    }

    /// <summary>Patterns, and from where each is watched; null for one that no longer is.</summary>
    private sealed record Batch(long Number)
    {
        public Dictionary<string, Revision?> Globs { get; } = new(StringComparer.Ordinal);
    }
}
