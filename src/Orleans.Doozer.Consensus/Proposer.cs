namespace Orleans.Doozer.Consensus;

/// <summary>What a proposer is doing.</summary>
public enum ProposerPhase
{
    /// <summary>Nothing; another node leads, or none.</summary>
    Idle,

    /// <summary>Its own acceptor is promising the new ballot; nobody else has heard of it yet.</summary>
    OwnPromise,

    /// <summary>Phase 1: the voters are promising.</summary>
    Preparing,

    /// <summary>Phase 2: it leads and proposes.</summary>
    Leading,
}

/// <summary>
/// A distinguished proposer (Paxos Made Simple, section 3): phase 1 once per ballot for all slots, then phase 2 for slot after slot,
/// several in flight. It proposes in a slot only when a quorum of that slot's configuration has promised its ballot, and only what
/// those promises leave open.
/// </summary>
public sealed class Proposer(NodeId self, ConsensusTimes times, long alpha)
{
    private readonly PromiseRound _promises = new(times);
    private readonly SortedDictionary<Slot, Proposal> _inFlight = [];
    private Slot _applied;
    private VotingConfiguration? _promised;   // the last configuration of which a quorum is known to have promised this ballot

    /// <summary>What it is doing.</summary>
    public ProposerPhase Phase { get; private set; }

    /// <summary>The ballot of this attempt, or of the last one.</summary>
    public Ballot Ballot { get; private set; } = Ballot.Zero;

    /// <summary>The highest ballot heard of; the next attempt draws above it.</summary>
    public Ballot HighestSeen { get; private set; } = Ballot.Zero;

    /// <summary>The next slot to propose in.</summary>
    public Slot Next { get; private set; } = new(1);

    /// <summary>Up to here, slots without commands are filled with empty batches: recovered holes, or a change of voters to bring into
    /// force.</summary>
    public Slot FillTo { get; private set; }

    /// <summary>How many proposals are not decided yet.</summary>
    public int InFlight => _inFlight.Count;

    /// <summary>Whether it leads.</summary>
    public bool IsLeading => Phase == ProposerPhase.Leading;

    /// <summary>Notes a ballot that somebody uses.</summary>
    public void Saw(Ballot ballot) => HighestSeen = Ballot.Max(HighestSeen, ballot);

    /// <summary>
    /// Draws a new ballot and asks the own acceptor to promise it. Only after that promise is durable does the ballot leave the node:
    /// so also a crashed and restarted node never draws it again.
    /// </summary>
    /// <param name="ownPromise">The own acceptor's promise.</param>
    /// <param name="applied">The last applied slot; phase 1 covers all slots after it.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="outbox">Where messages go.</param>
    public void Begin(Ballot ownPromise, Slot applied, long nowMs, List<Outgoing> outbox)
    {
        Saw(ownPromise);
        Ballot = HighestSeen.NextFor(self);
        Saw(Ballot);
        Phase = ProposerPhase.OwnPromise;
        _applied = applied;
        Next = applied.Next;
        FillTo = applied;
        _inFlight.Clear();
        _promised = null;
        _promises.Begin(Ballot);
        _promises.Ask(self, Next, nowMs, outbox);
    }

    /// <summary>Gives the attempt up. What was proposed may still be decided, by whoever leads next.</summary>
    public void Stop()
    {
        Phase = ProposerPhase.Idle;
        _inFlight.Clear();
    }

    /// <summary>Takes a promise; with a quorum it leads.</summary>
    public void Receive(NodeId from, Promise promise, ConfigurationSchedule schedule, long nowMs, List<Outgoing> outbox)
    {
        if (Phase == ProposerPhase.Idle || promise.Ballot != Ballot)
        {
            return;
        }

        // The voter has forgotten slots that this node would take for empty: the caller must have stopped this attempt.
        Invariant.Require(promise.ReleasedTo < Next, "no promise is used that hides decided slots");
        var complete = _promises.Receive(from, promise, Next, nowMs, outbox);
        FillTo = Slot.Max(FillTo, _promises.HighestAdopted);
        if (!complete)
        {
            return;
        }

        if (Phase == ProposerPhase.OwnPromise && from == self)
        {
            Phase = ProposerPhase.Preparing;
        }

        if (Phase == ProposerPhase.Preparing && schedule.For(Next).IsQuorum(_promises.Has))
        {
            Phase = ProposerPhase.Leading;
        }
    }

    /// <summary>Whether a voter's promise shows that slots this node still needs were decided and are not told there.</summary>
    public bool IsBehind(Promise promise) =>
        Phase != ProposerPhase.Idle && promise.Ballot == Ballot && promise.ReleasedTo >= Next;

    /// <summary>Asks the voters of all configurations that are known to come into force: called when the own acceptor has promised and
    /// whenever an applied slot names other voters.</summary>
    public void AskVoters(ConfigurationSchedule schedule, Slot applied, long nowMs, List<Outgoing> outbox)
    {
        if (Phase is not (ProposerPhase.Preparing or ProposerPhase.Leading))
        {
            return;
        }

        foreach (var configuration in schedule.Between(Next, Slot.Max(Next, applied + alpha)))
        {
            foreach (var voter in configuration.Voters)
            {
                _promises.Ask(voter, Next, nowMs, outbox);
            }
        }
    }

    /// <summary>Whether it may propose in <see cref="Next"/> now.</summary>
    /// <param name="schedule">The configurations.</param>
    /// <param name="applied">The last applied slot: the configuration of a slot is known once slot - alpha is applied.</param>
    public bool CanPropose(ConfigurationSchedule schedule, Slot applied)
    {
        if (!IsLeading || Next - applied > alpha)
        {
            return false;
        }

        var configuration = schedule.For(Next);
        if (!ReferenceEquals(configuration, _promised) && configuration.IsQuorum(_promises.Has))
        {
            _promised = configuration;
        }

        return ReferenceEquals(configuration, _promised);
    }

    /// <summary>Whether the next slot is spoken for: it was accepted by somebody, or must be filled.</summary>
    public bool MustFill => Next <= FillTo;

    /// <summary>Fills slots with empty batches up to <paramref name="slot"/>.</summary>
    public void Fill(Slot slot) => FillTo = Slot.Max(FillTo, slot);

    /// <summary>Proposes in <see cref="Next"/>: the batch that phase 1 found there, otherwise <paramref name="batch"/>.</summary>
    /// <returns>The proposed entry.</returns>
    public AcceptedEntry Propose(byte[] batch, ConfigurationSchedule schedule, long nowMs, List<Outgoing> outbox)
    {
        Invariant.Require(IsLeading, "only a leader proposes");
        var found = _promises.TakeAdopted(Next);
        Invariant.Require(found is null || batch.Length == 0, "a slot that somebody accepted in keeps its batch");
        var entry = new AcceptedEntry(Next, Ballot, found ?? batch);
        var proposal = new Proposal(entry, new Quorum(schedule.For(Next)), new RetryTimer(times, nowMs));
        _inFlight.Add(Next, proposal);
        Next = Next.Next;
        foreach (var voter in proposal.Votes.Configuration.Voters)
        {
            outbox.Add(new(voter, new Accept(entry, _applied)));
        }

        return entry;
    }

    /// <summary>Counts a vote.</summary>
    /// <returns>The entry, when this vote made it decided.</returns>
    public AcceptedEntry? Receive(NodeId from, Accepted accepted)
    {
        if (!IsLeading || accepted.Ballot != Ballot || !_inFlight.TryGetValue(accepted.Slot, out var proposal)
            || !proposal.Votes.Add(from))
        {
            return null;
        }

        _inFlight.Remove(accepted.Slot);
        return proposal.Entry;
    }

    /// <summary>
    /// All slots up to <paramref name="slot"/> are applied: nothing is proposed there any more, and what is needs no more votes. They may have been
    /// decided under an earlier ballot of this node's, and waited for a hole before them to be filled; a voter that has released them could not
    /// even vote on them.
    /// </summary>
    public void Applied(Slot slot)
    {
        _applied = slot;
        Next = Slot.Max(Next, slot.Next);
        while (_inFlight.Count > 0 && _inFlight.First().Key is var first && first <= slot)
        {
            _inFlight.Remove(first);
        }
    }

    /// <summary>A voter promised a higher ballot.</summary>
    /// <returns>Whether this ends the current attempt.</returns>
    public bool Receive(Rejected rejected)
    {
        Saw(rejected.Promised);
        return Phase != ProposerPhase.Idle && rejected.Ballot == Ballot && rejected.Promised > Ballot;
    }

    /// <summary>Sends again what was not answered.</summary>
    public void Tick(long nowMs, List<Outgoing> outbox)
    {
        if (Phase == ProposerPhase.Idle)
        {
            return;
        }

        _promises.Tick(nowMs, outbox);
        foreach (var proposal in _inFlight.Values)
        {
            if (!proposal.Retry.IsDue(nowMs))
            {
                continue;
            }

            foreach (var voter in proposal.Votes.Configuration.Voters)
            {
                if (!proposal.Votes.Has(voter))
                {
                    outbox.Add(new(voter, new Accept(proposal.Entry, _applied)));
                }
            }
        }
    }

    private sealed record Proposal(AcceptedEntry Entry, Quorum Votes, RetryTimer Retry);
}
