using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore;

/// <summary>What names a request; <see cref="RequestId.Since"/> may differ between retries.</summary>
internal readonly record struct RequestKey(Guid Client, long Sequence);

/// <summary>A remembered request: where it was applied and what was answered.</summary>
internal sealed class RequestEntry(RequestKey key, Slot slot, CommandOutcome outcome)
{
    public RequestKey Key { get; } = key;

    public Slot Slot { get; } = slot;

    public CommandOutcome Outcome { get; } = outcome;

    /// <summary>The request that was remembered next. Written once, before anybody can know a window that reaches so
    /// far.</summary>
    public RequestEntry? Next { get; set; }
}

/// <summary>The requests that were remembered at some moment: <paramref name="Count"/> of them, from <paramref name="First"/> on,
/// and the slot of the newest one that was forgotten (0: none was). Three words, yet exact for ever, because the list only
/// grows.</summary>
internal readonly record struct RequestWindow(RequestEntry? First, int Count, Slot Forgotten);

/// <summary>
/// Remembers the last requests and their answers, refusals too, so that a retry is answered as the first attempt was. Part of the
/// replicated state: the same log gives the same table on every node, so its limit must be the same on all of them as well.
/// </summary>
internal sealed class RequestTable
{
    private readonly Dictionary<RequestKey, RequestEntry> _byKey = [];     // only ever looked up by key
    private RequestEntry? _last;

    public RequestTable(int limit)
    {
        Invariant.Require(limit > 0, "a store remembers at least one request");
        Limit = limit;
    }

    public RequestTable(int limit, IReadOnlyList<RequestEntry> entries, Slot forgotten)
        : this(limit)
    {
        foreach (var entry in entries)
        {
            Remember(entry.Key, entry.Slot, entry.Outcome);
        }

        Invariant.Require(Window.Count == entries.Count, "a snapshot holds no more requests than its store remembers");
        Window = Window with { Forgotten = forgotten };
    }

    /// <summary>How many requests are remembered.</summary>
    public int Limit { get; }

    /// <summary>What is remembered now.</summary>
    public RequestWindow Window { get; private set; }

    /// <summary>Finds the answer to the first attempt.</summary>
    public bool TryFind(in RequestId id, out CommandOutcome outcome)
    {
        var found = _byKey.TryGetValue(new(id.Client, id.Sequence), out var entry);
        outcome = found ? entry!.Outcome : default;
        return found;
    }

    /// <summary>
    /// Whether a request that is not here may have been applied and forgotten. Its first attempt came after slot Since; all that
    /// was applied after the newest forgotten slot is still here; so only an older Since leaves a doubt.
    /// </summary>
    public bool MayBeForgotten(in RequestId id) => id.Since < Window.Forgotten.Value;

    /// <summary>Remembers an answer, and forgets the oldest one when there are too many.</summary>
    public void Remember(in RequestKey key, Slot slot, CommandOutcome outcome)
    {
        var entry = new RequestEntry(key, slot, outcome);
        Invariant.Require(_byKey.TryAdd(key, entry), "a request is remembered once");
        if (_last is not null)
        {
            _last.Next = entry;
        }

        _last = entry;
        var (first, count, forgotten) = Window;
        first ??= entry;
        count++;
        if (count > Limit)
        {
            _byKey.Remove(first.Key);
            forgotten = first.Slot;
            first = first.Next;
            count--;
        }

        Window = new(first, count, forgotten);
    }
}
