using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// The heart: one node's part in one store. It is a deterministic state machine: a message, a command, a reader or the time comes in,
/// <see cref="Effects"/> go out. It holds the node's vote (<see cref="Acceptor"/>), proposes when it leads (<see cref="Proposer"/>),
/// learns what is decided (<see cref="Learner"/>), applies it in order (<see cref="StateMachine"/>) and so knows who votes on the slots
/// to come (<see cref="ConfigurationSchedule"/>). One thread at a time may call it.
/// </summary>
/// <remarks>
/// Life of a write: <see cref="Propose"/> at the leader queues it; <c>Pump</c> puts what waits into the next slot and sends Accept to the
/// voters, the own acceptor among them; their Accepted come back to <see cref="Receive"/>; with a majority the slot is decided;
/// <c>ApplyDecided</c> applies it and completes the command. Followers hear the leader's Heartbeat and apply the same slots.
/// The other parts: <c>Replica.Messages.cs</c> answers the peers, <c>Replica.Leading.cs</c> wins and keeps the lead,
/// <c>Replica.Applying.cs</c> applies what is decided.
/// </remarks>
public sealed partial class Replica
{
    private const int FetchBytes = 1 << 20;
    private readonly NodeId _self;
    private readonly ReplicaOptions _options;
    private readonly Acceptor _acceptor;
    private readonly Proposer _proposer;
    private readonly Election _election;
    private readonly Leadership _leadership;
    private readonly CatchUp _catchUp;
    private readonly ReadRounds _reads;
    private readonly PendingCommands _commands;
    private readonly BatchPace _pace = new();
    private readonly VoterKeeper _keeper;
    private readonly Handover _handover;
    private readonly Learner _learner;
    private StateMachine? _machine;
    private ConfigurationSchedule? _schedule;
    private Slot _snapshotAsked;

    /// <summary>Continues from what the journal kept: the base snapshot, and the log after it as far as it is known to be decided.</summary>
    /// <param name="self">This node.</param>
    /// <param name="options">Settings.</param>
    /// <param name="persisted">The acceptor's durable state.</param>
    /// <param name="snapshot">The base snapshot; null for a node that has yet to join.</param>
    /// <param name="seed">For the randomized silences.</param>
    public Replica(NodeId self, ReplicaOptions options, PersistedState persisted, StoreSnapshot? snapshot, ulong seed)
    {
        _self = self;
        _options = options;

        // Below the base snapshot the log may hold entries that lost, and holes: the node crashed after it installed a fetched snapshot
        // and before the log was cut there. Nobody may fetch them as decided.
        _acceptor = new Acceptor(persisted with { TruncatedTo = Slot.Max(persisted.TruncatedTo, snapshot?.Slot ?? Slot.Zero) });
        _proposer = new Proposer(self, options.Times, options.Alpha);
        _election = new Election(options.Times, new DeterministicRandom(seed));
        _leadership = new Leadership(options.Times);
        _catchUp = new CatchUp(options.Times);
        _reads = new ReadRounds(self, options.Times);
        _commands = new PendingCommands(options);
        _keeper = new VoterKeeper(options.Voters, options.Times);
        _handover = new Handover(options.Times);
        _learner = new Learner(Slot.Zero);
        Invariant.Require(
            persisted.TruncatedTo <= (snapshot?.Slot ?? Slot.Zero),
            $"the log is cut at slot {persisted.TruncatedTo}, but the base snapshot covers only slot {snapshot?.Slot ?? Slot.Zero}");
        if (snapshot is not null)
        {
            Restore(snapshot);
            Replay(persisted.DecidedTo);
        }
    }

    /// <summary>The applied state; null until this node has joined.</summary>
    public StateMachine? Machine => _machine;

    /// <summary>The last applied slot.</summary>
    public Slot Applied => _learner.Applied;

    /// <summary>Whether it leads.</summary>
    public bool IsLeading => _proposer.IsLeading;

    /// <summary>Who leads, as far as this node knows; none when nobody has been heard of.</summary>
    public NodeId Leader => IsLeading ? _self : _leadership.Leader;

    /// <summary>The ballot of the leader, or the highest ballot seen.</summary>
    public Ballot Ballot => _proposer.IsLeading ? _proposer.Ballot : _leadership.Ballot;

    /// <summary>The own acceptor, to look at.</summary>
    public Acceptor Acceptor => _acceptor;

    /// <summary>The voters of the next slot; null until this node has joined.</summary>
    public VotingConfiguration? Voters => _schedule?.For(Applied.Next);

    /// <summary>Whether this node votes on the next slot.</summary>
    public bool IsVoter => Voters is { } voters && voters.Contains(_self);

    /// <summary>Whether this node lacks decided slots that it knows of.</summary>
    public bool IsBehind => _learner.KnownTo > Applied;

    /// <summary>Whether it proposed commands of its own, about its voters, that are not applied yet.</summary>
    public bool HasOwnCommands => _commands.OwnCount > 0;

    /// <summary>Takes a message. A request is answered by the returned message, once the writes are durable; for others it is null.</summary>
    public Message? Receive(NodeId from, Message message, long nowMs, Effects effects)
    {
        var reply = message switch
        {
            Prepare prepare => OnPrepare(from, prepare, nowMs, effects),
            Accept accept => OnAccept(from, accept, nowMs, effects),
            HighestAcceptedQuery query => _acceptor.Receive(query),
            Heartbeat heartbeat => OnHeartbeat(from, heartbeat, nowMs, effects),
            PreVote preVote => OnPreVote(preVote, nowMs),
            Fetch fetch => OnFetch(from, fetch, nowMs, effects),
            AppliedQuery => new AppliedReply(Applied),
            _ => OnReply(from, message, nowMs, effects),
        };
        Pump(nowMs, effects);
        return reply;
    }

    /// <summary>Takes an encoded command. It completes with <see cref="CommandFate.NotProposed"/> at once unless this node leads.</summary>
    public void Propose(long token, byte[] command, Effects effects)
    {
        if (IsLeading)
        {
            _commands.Add(token, command);
        }
        else
        {
            effects.Completions.Add(new(token, CommandFate.NotProposed, default, default));
        }
    }

    /// <summary>Takes a reader; its token comes back in <see cref="Effects.Reads"/> when a linearizable read may look at the state.</summary>
    public void Read(long token) => _reads.Add(token);

    /// <summary>After a run of <see cref="Propose"/> and <see cref="Read"/>: sends what they need.</summary>
    public void Pump(long nowMs, Effects effects)
    {
        if (_schedule is null)
        {
            return;
        }

        while (_proposer.CanPropose(_schedule, Applied) && IsHandedOver(nowMs, effects))
        {
            if (_proposer.MustFill)
            {
                SendBatch(BatchCodec.Empty, nowMs, effects);
            }
            else if (_commands.Waiting > 0 && _proposer.InFlight < _options.PipelinedBatches && IsBatchDue(nowMs, effects))
            {
                var waiting = _commands.Waiting;
                var batch = _commands.TakeBatch(_proposer.Next);
                _pace.Began(_proposer.Next, waiting - _commands.Waiting, nowMs);
                SendBatch(batch, nowMs, effects);
            }
            else
            {
                break;
            }
        }

        _reads.Applied(Applied, _schedule, effects.Reads);
        _reads.Start(Applied, _acceptor.Log.Highest, _schedule, _options.Alpha, nowMs, effects);
        _reads.Applied(Applied, _schedule, effects.Reads);
        Announce(nowMs, effects);
    }

    private void SendBatch(byte[] batch, long nowMs, Effects effects)
    {
        _leadership.Proposed(Applied, _schedule!.For(_proposer.Next), nowMs);
        _proposer.Propose(batch, _schedule, nowMs, effects.Messages);
    }

    private void Announce(long nowMs, Effects effects)
    {
        if (!IsLeading)
        {
            return;
        }

        if (_leadership.IsAnnouncementDue(Applied, _proposer.InFlight == 0, nowMs))
        {
            SendHeartbeat(nowMs, effects);
        }
        else if (_leadership.AnnouncementDueMs is { } dueMs)
        {
            effects.WakeAtMs = Math.Min(effects.WakeAtMs ?? dueMs, dueMs);
        }
    }

    private bool IsBatchDue(long nowMs, Effects effects)
    {
        if (_pace.IsDue(_commands.Waiting, nowMs))
        {
            return true;
        }

        effects.WakeAtMs = _pace.DueMs ?? effects.WakeAtMs;
        return false;
    }

    /// <summary>Lets time pass; the host calls it every 10 to 25 ms.</summary>
    public void Tick(long nowMs, Effects effects)
    {
        if (_schedule is not null && _machine is not null)
        {
            _proposer.Tick(nowMs, effects.Messages);
            _reads.Tick(nowMs, effects);
            if (_proposer.Phase != ProposerPhase.Idle)
            {
                TickProposer(nowMs, effects);
            }
            else if (IsVoter && (_election.IsDue(nowMs) || Voters!.Voters.Count == 1))
            {
                AskForPreVotes(nowMs, effects);
            }
            else if (!IsVoter && _election.IsDue(nowMs))
            {
                // Its leader fell silent: only without one does it ask the voters, and may learn that it has become one of them.
                _leadership.Forget();
                _election.Postpone(nowMs);
            }

            if (_proposer.Phase == ProposerPhase.Idle)
            {
                _catchUp.Tick(_learner, _leadership.Leader, _schedule.For(Applied.Next), _self, nowMs, effects.Messages);
            }
        }

        Pump(nowMs, effects);
    }

    /// <summary>The state as of a slot with the configurations that belong to it, to be written as the base snapshot.</summary>
    public (CapturedState State, IReadOnlyList<ConfigurationChange> Configurations) Capture(Slot slot) =>
        (_machine!.CaptureAt(slot), _schedule!.WindowAt(slot, _options.Alpha));

    /// <summary>The base snapshot of a slot is durable: the log below it is no longer needed.</summary>
    public void SnapshotSaved(Slot slot, Effects effects)
    {
        _acceptor.Truncate(slot, effects.Writes);
        _machine!.ForgetBelow(slot);
        _schedule!.Forget(slot);
    }

    /// <summary>The base snapshot that <see cref="Effects.SnapshotDue"/> asked for could not be saved: it is asked for again later.</summary>
    public void SnapshotFailed() => _snapshotAsked = Slot.Zero;

    /// <summary>A fetched snapshot is durable: continues from it, unless the log overtook it meanwhile.</summary>
    public void Install(StoreSnapshot snapshot, long nowMs, Effects effects)
    {
        _catchUp.SnapshotDone();
        if (_machine is null || snapshot.Slot > Applied)
        {
            StepDown(nowMs, effects);
            _acceptor.Truncate(snapshot.Slot, effects.Writes);
            Restore(snapshot);
            effects.Applied = true;
            ApplyDecided(nowMs, effects);
        }
    }

    /// <summary>A snapshot could not be fetched; it is tried again elsewhere.</summary>
    public void InstallFailed() => _catchUp.SnapshotDone();

    /// <summary>Asks a node for what this one lacks: how a node that nobody speaks to yet begins.</summary>
    public void FetchFrom(NodeId node, Effects effects) =>
        effects.Messages.Add(new(node, new Fetch(_machine is null ? Slot.Zero : Applied.Next)));
}
