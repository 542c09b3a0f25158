namespace Orleans.Doozer.Consensus;

/// <summary>
/// The safety kernel: one node's vote in a store's Paxos instances (Paxos Made Simple, sections 2.2 and 3). Everything it answers
/// rests on the writes it has emitted so far: the host lets no answer leave before they are durable, also an answer that wrote nothing.
/// </summary>
public sealed class Acceptor
{
    private const int PageBytes = 1 << 20;
    private readonly AcceptedLog _log = new();

    /// <summary>Continues from what the journal kept.</summary>
    public Acceptor(PersistedState state)
    {
        Promised = state.Promised;
        _log.Truncate(state.TruncatedTo);
        foreach (var entry in state.Entries)
        {
            if (entry.Slot > state.TruncatedTo)
            {
                _log.Put(entry);
            }
        }
    }

    /// <summary>No ballot below it is accepted any more. Never falls, not even across restarts.</summary>
    public Ballot Promised { get; private set; }

    /// <summary>What was accepted, per slot.</summary>
    public AcceptedLog Log => _log;

    /// <summary>Phase 1: promises the ballot and tells what was accepted.</summary>
    public Message Receive(Prepare prepare, List<JournalWrite> writes)
    {
        // Answering below the promise would let an older proposer choose without having seen what a newer one may have decided.
        if (prepare.Ballot < Promised)
        {
            return new Rejected(prepare.Ballot, Promised);
        }

        // The same ballot again (a retry, or the next page) changes nothing and writes nothing.
        Promise(prepare.Ballot, writes);
        var (entries, more) = _log.Page(prepare.From, new Slot(long.MaxValue), PageBytes);
        return new Promise(prepare.Ballot, prepare.From, entries, _log.ReleasedTo, more);
    }

    /// <summary>Phase 2: accepts the batch.</summary>
    public Message Receive(Accept accept, List<JournalWrite> writes)
    {
        var entry = accept.Entry;

        // The promise of phase 1: a higher ballot's proposer was told what this acceptor had accepted; it must stay all there is.
        if (entry.Ballot < Promised)
        {
            return new Rejected(entry.Ballot, Promised);
        }

        // The slot was decided, and its batch is not here to compare with. A vote for anything now could only contradict it.
        if (entry.Slot <= _log.ReleasedTo)
        {
            return new AlreadyDecided(entry.Ballot, _log.ReleasedTo);
        }

        var held = _log[entry.Slot];
        if (held is not null && held.Ballot == entry.Ballot)
        {
            // One ballot carries one batch per slot, for ever: a second one could give the slot two majorities.
            Invariant.Require(
                held.Batch.AsSpan().SequenceEqual(entry.Batch), $"ballot {entry.Ballot} proposed two batches in slot {entry.Slot}");
            return new Accepted(entry.Ballot, entry.Slot);
        }

        // Accepting is promising (an Accept may overtake its Prepare), or a lower ballot could be accepted after this one.
        Promise(entry.Ballot, writes);
        Invariant.Require(held is null || held.Ballot < entry.Ballot, "an accepted ballot never falls");
        _log.Put(entry);
        writes.Add(new AcceptWrite(entry));
        return new Accepted(entry.Ballot, entry.Slot);
    }

    /// <summary>The highest slot in which anything was accepted. Higher than the truth would only make a reader wait longer.</summary>
    public HighestAccepted Receive(HighestAcceptedQuery query) => new(query.Round, _log.Highest);

    /// <summary>
    /// Keeps a batch that is known to be decided, so that the log holds the decided batch of each applied slot. It needs no regard for
    /// the promise: a decided batch is the only one that any later ballot can propose, so one more copy contradicts nobody.
    /// </summary>
    public void Learn(AcceptedEntry decided, List<JournalWrite> writes)
    {
        var held = _log[decided.Slot];

        // Under the same or a higher ballot the slot already holds this very batch (P2 of Paxos Made Simple).
        if (decided.Slot > _log.ReleasedTo && (held is null || held.Ballot < decided.Ballot))
        {
            // The promise stays at or above every kept ballot; raising it is always allowed.
            Promise(decided.Ballot, writes);
            _log.Put(decided);
            writes.Add(new AcceptWrite(decided));
        }
    }

    /// <summary>Lets go of the oldest entries in memory, until the others take no more than <paramref name="keepBytes"/>.</summary>
    /// <param name="applied">None above it. An undecided entry must be told to whoever prepares; a decided one's slot is answered like a truncated one's.</param>
    /// <param name="keepBytes">What may stay.</param>
    public void Release(Slot applied, long keepBytes) => _log.Release(applied, keepBytes);

    /// <summary>Removes the slots that the base snapshot, by now durable, covers.</summary>
    public void Truncate(Slot to, List<JournalWrite> writes)
    {
        if (to > _log.TruncatedTo)
        {
            _log.Truncate(to);
            writes.Add(new TruncateWrite(to));
        }
    }

    private void Promise(Ballot ballot, List<JournalWrite> writes)
    {
        if (ballot > Promised)
        {
            Promised = ballot;
            writes.Add(new PromiseWrite(ballot));
        }
    }
}
