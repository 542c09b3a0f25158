namespace Orleans.Doozer.Consensus;

/// <summary>
/// Phase 1 of one ballot: who was asked, who has promised, and what they had accepted. It stays open while the ballot leads, because
/// voters of later configurations promise later.
/// </summary>
internal sealed class PromiseRound(ConsensusTimes times)
{
    private readonly SortedDictionary<NodeId, Pending> _asked = [];
    private readonly SortedSet<NodeId> _promised = [];
    private readonly SortedDictionary<Slot, AcceptedEntry> _adopted = [];
    private Ballot _ballot;

    /// <summary>The highest slot in which somebody had accepted something.</summary>
    public Slot HighestAdopted { get; private set; }

    /// <summary>Whether a node has promised, all pages read.</summary>
    public bool Has(NodeId node) => _promised.Contains(node);

    /// <summary>Starts over for a ballot.</summary>
    public void Begin(Ballot ballot)
    {
        _ballot = ballot;
        _asked.Clear();
        _promised.Clear();
        _adopted.Clear();
        HighestAdopted = Slot.Zero;
    }

    /// <summary>Asks a voter unless it was asked already.</summary>
    /// <param name="voter">Whom.</param>
    /// <param name="from">The first slot that was not proposed under this ballot: nothing before it matters any more.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="outbox">Where the request goes.</param>
    public void Ask(NodeId voter, Slot from, long nowMs, List<Outgoing> outbox)
    {
        if (!_promised.Contains(voter) && !_asked.ContainsKey(voter))
        {
            _asked.Add(voter, new Pending(from, new RetryTimer(times, nowMs)));
            outbox.Add(new(voter, new Prepare(_ballot, from)));
        }
    }

    /// <summary>Takes a page of a promise.</summary>
    /// <param name="from">Who promised.</param>
    /// <param name="promise">The page.</param>
    /// <param name="next">The first slot that was not proposed under this ballot.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="outbox">Where the request for the next page goes.</param>
    /// <returns>Whether the node's promise is now complete.</returns>
    public bool Receive(NodeId from, Promise promise, Slot next, long nowMs, List<Outgoing> outbox)
    {
        // A page that was not asked for now (a late or doubled answer) could leave a gap that looks like "nothing accepted".
        if (!_asked.TryGetValue(from, out var pending) || promise.From != pending.From)
        {
            return false;
        }

        foreach (var entry in promise.Entries)
        {
            Adopt(entry, next);
        }

        if (promise.More)
        {
            var page = promise.Entries[^1].Slot.Next;
            _asked[from] = new Pending(page, new RetryTimer(times, nowMs));
            outbox.Add(new(from, new Prepare(_ballot, page)));
            return false;
        }

        _asked.Remove(from);
        _promised.Add(from);
        return true;
    }

    /// <summary>The batch that must be proposed in a slot, if somebody had accepted one.</summary>
    public byte[]? TakeAdopted(Slot slot) => _adopted.Remove(slot, out var entry) ? entry.Batch : null;

    /// <summary>Asks again who did not answer.</summary>
    public void Tick(long nowMs, List<Outgoing> outbox)
    {
        foreach (var (voter, pending) in _asked)
        {
            if (pending.Retry.IsDue(nowMs))
            {
                outbox.Add(new(voter, new Prepare(_ballot, pending.From)));
            }
        }
    }

    private void Adopt(AcceptedEntry entry, Slot next)
    {
        // A slot already proposed in under this ballot had its quorum of promises then; one ballot carries one batch per slot.
        if (entry.Slot < next || (_adopted.TryGetValue(entry.Slot, out var held) && held.Ballot >= entry.Ballot))
        {
            return;
        }

        _adopted[entry.Slot] = entry;
        HighestAdopted = Slot.Max(HighestAdopted, entry.Slot);
    }

    private sealed record Pending(Slot From, RetryTimer Retry);
}
