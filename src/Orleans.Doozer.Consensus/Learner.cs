namespace Orleans.Doozer.Consensus;

/// <summary>
/// Knows which batches are decided and hands them over in the order of their slots. It learns from the leader's own count of votes,
/// from fetched entries, and from the leader's announcement together with the own acceptor's log.
/// </summary>
public sealed class Learner(Slot applied)
{
    private readonly SortedDictionary<Slot, AcceptedEntry> _decided = [];
    private Ballot _announcedBallot = Ballot.Zero;

    /// <summary>Every slot up to here was handed over.</summary>
    public Slot Applied { get; private set; } = applied;

    /// <summary>Every slot up to here was decided, says the leader of the newest announced ballot.</summary>
    public Slot DecidedTo { get; private set; } = applied;

    /// <summary>Every slot up to here is decided somewhere, under whatever ballot: how far there is to catch up.</summary>
    public Slot KnownTo { get; private set; } = applied;

    /// <summary>Learns a decided entry: a majority accepted it under one ballot, or a replica that applied it sent it.</summary>
    public void Decide(AcceptedEntry entry)
    {
        if (entry.Slot > Applied)
        {
            _decided.TryAdd(entry.Slot, entry);
        }
    }

    /// <summary>The leader of a ballot says that all slots up to <paramref name="decidedTo"/> are decided.</summary>
    public void Announce(Ballot ballot, Slot decidedTo)
    {
        // Only the newest leader's word counts, and only for its own ballot: what another ballot decided is fetched instead.
        if (ballot > _announcedBallot)
        {
            _announcedBallot = ballot;
            DecidedTo = Slot.Max(Applied, decidedTo);
        }
        else if (ballot == _announcedBallot)
        {
            DecidedTo = Slot.Max(DecidedTo, decidedTo);
        }

        Heard(decidedTo);
    }

    /// <summary>Some replica has applied up to <paramref name="slot"/>. It does not say under which ballots, so nothing of the own log
    /// may be applied because of it.</summary>
    public void Heard(Slot slot) => KnownTo = Slot.Max(KnownTo, slot);

    /// <summary>The next decided entry, or null when it is not here (yet).</summary>
    /// <param name="log">The own acceptor's log.</param>
    public AcceptedEntry? Next(AcceptedLog log)
    {
        var slot = Applied.Next;
        if (_decided.TryGetValue(slot, out var entry))
        {
            return entry;
        }

        // The own acceptor may hold, for a decided slot, a batch that lost. Only the batch of the ballot whose leader announced the
        // decision is sure to be the decided one: that leader proposed one batch in the slot, and it knows the slot to be decided.
        return slot <= DecidedTo && log[slot] is { } held && held.Ballot == _announcedBallot ? held : null;
    }

    /// <summary>The entry of slot <see cref="Applied"/> + 1 was applied.</summary>
    public void MarkApplied(Slot slot)
    {
        Invariant.Require(slot == Applied.Next, "slots are applied in order and without holes");
        Applied = slot;
        DecidedTo = Slot.Max(DecidedTo, slot);
        Heard(slot);
        _decided.Remove(slot);
    }

    /// <summary>A snapshot covers everything up to <paramref name="slot"/>.</summary>
    public void Install(Slot slot)
    {
        Invariant.Require(slot > Applied, "a snapshot moves the state forward");
        Applied = slot;
        DecidedTo = Slot.Max(DecidedTo, slot);
        Heard(slot);
        foreach (var covered in _decided.Keys.TakeWhile(key => key <= slot).ToList())
        {
            _decided.Remove(covered);
        }
    }
}
