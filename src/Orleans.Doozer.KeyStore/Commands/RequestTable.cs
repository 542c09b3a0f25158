using System.Runtime.InteropServices;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore;

/// <summary>What names a request; <see cref="RequestId.Since"/> may differ between retries.</summary>
internal readonly record struct RequestKey(Guid Client, long Sequence);

/// <summary>A remembered request: where it was applied and what was answered.</summary>
internal readonly record struct RequestEntry(RequestKey Key, Slot Slot, CommandOutcome Outcome);

/// <summary>Some remembered requests, in order. Its entries and <see cref="Next"/> are written once, before anybody can know a window
/// that reaches so far.</summary>
internal sealed class RequestPage
{
    public const int Length = 256;

    public RequestEntry[] Entries { get; } = new RequestEntry[Length];

    public RequestPage? Next { get; set; }
}

/// <summary>The requests that were remembered at some moment: <paramref name="Count"/> of them, from <paramref name="Offset"/> in
/// <paramref name="First"/> on, and the slot of the newest one that was forgotten (0: none was). A few words, yet exact for ever,
/// because the pages are only added to.</summary>
internal readonly record struct RequestWindow(RequestPage First, int Offset, int Count, Slot Forgotten)
{
    /// <summary>The oldest first.</summary>
    public IEnumerable<RequestEntry> Entries
    {
        get
        {
            var (page, offset) = (First, Offset);
            for (var i = 0; i < Count; i++)
            {
                if (offset == RequestPage.Length)
                {
                    (page, offset) = (page.Next!, 0);
                }

                yield return page.Entries[offset++];
            }
        }
    }
}

/// <summary>
/// Remembers the last requests and their answers, refusals too, so that a retry is answered as the first attempt was. Part of the
/// replicated state: the same log gives the same table on every node, so its limit must be the same on all of them as well.
/// </summary>
/// <remarks>Values in arrays: a hundred thousand objects would be work for every garbage collection.</remarks>
internal sealed class RequestTable
{
    private readonly Dictionary<RequestKey, CommandOutcome> _byKey = [];     // only ever looked up by key
    private RequestPage _last = new();
    private int _lastCount;

    public RequestTable(int limit)
    {
        Invariant.Require(limit > 0, "a store remembers at least one request");
        Limit = limit;
        Window = new(_last, 0, 0, Slot.Zero);
    }

    public RequestTable(int limit, IReadOnlyList<RequestEntry> entries, Slot forgotten)
        : this(limit)
    {
        foreach (var entry in entries)
        {
            FindOrAdd(entry.Key, out var isKnown) = entry.Outcome;
            Invariant.Require(!isKnown, "a request is remembered once");
            Remember(entry.Key, entry.Slot, entry.Outcome);
        }

        Invariant.Require(Window.Count == entries.Count, "a snapshot holds no more requests than its store remembers");
        Window = Window with { Forgotten = forgotten };
    }

    /// <summary>How many requests are remembered.</summary>
    public int Limit { get; }

    /// <summary>What is remembered now.</summary>
    public RequestWindow Window { get; private set; }

    /// <summary>Finds the answer to the first attempt, or makes room for it: then the caller sets it and calls <see cref="Remember"/>, or
    /// <see cref="Cancel"/>, before anything else. One search of a table that is larger than the processor's caches.</summary>
    public ref CommandOutcome FindOrAdd(in RequestKey key, out bool isKnown) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(_byKey, key, out isKnown);

    /// <summary>There is no answer after all.</summary>
    public void Cancel(in RequestKey key) => _byKey.Remove(key);

    /// <summary>
    /// Whether a request that is not here may have been applied and forgotten. Its first attempt came after slot Since; all that
    /// was applied after the newest forgotten slot is still here; so only an older Since leaves a doubt.
    /// </summary>
    public bool MayBeForgotten(in RequestId id) => id.Since < Window.Forgotten.Value;

    /// <summary>Remembers an answer whose key was just added, and forgets the oldest one when there are too many.</summary>
    public void Remember(in RequestKey key, Slot slot, CommandOutcome outcome)
    {
        if (_lastCount == RequestPage.Length)
        {
            _last.Next = new();
            (_last, _lastCount) = (_last.Next, 0);
        }

        _last.Entries[_lastCount++] = new(key, slot, outcome);
        Window = Window with { Count = Window.Count + 1 };
        if (Window.Count > Limit)
        {
            ForgetOldest();
        }
    }

    private void ForgetOldest()
    {
        var (page, offset, count, _) = Window;
        if (offset == RequestPage.Length)
        {
            (page, offset) = (page.Next!, 0);
        }

        var oldest = page.Entries[offset];
        _byKey.Remove(oldest.Key);
        Window = new(page, offset + 1, count - 1, oldest.Slot);
    }
}
