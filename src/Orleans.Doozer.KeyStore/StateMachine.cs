using System.Buffers.Binary;
using System.IO.Hashing;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// The store as a function of its log: batches in, in order of slots; outcomes, views and history out. The same batches give the
/// same results on every node, also when it starts in the middle from a snapshot.
/// </summary>
/// <remarks>One thread applies, captures and forgets. <see cref="Current"/> and <see cref="History"/> may be read by any
/// thread.</remarks>
public sealed class StateMachine
{
    private readonly RequestTable _requests;
    private readonly SlotLog _slots;
    private readonly XxHash3 _hasher = new();
    private long _edits;

    /// <summary>An empty store before its first slot.</summary>
    public StateMachine(StateMachineOptions options)
        : this(options, StoreView.Empty, 0, new RequestTable(options.Requests))
    {
    }

    private StateMachine(StateMachineOptions options, StoreView view, ulong chainHash, RequestTable requests)
    {
        Invariant.Require(options.History > 0, "a store keeps at least one revision");
        Options = options;
        _requests = requests;
        ChainHash = chainHash;
        History = new(view, options);
        SnapshotCandidate = view.Position;
        _slots = new(StateNow, options);
    }

    /// <summary>The last slot that was applied.</summary>
    public Slot Applied => _slots.Last;

    /// <summary>The state after <see cref="Applied"/>.</summary>
    public StoreView Current => History.Current;

    /// <summary>The last revisions.</summary>
    public History History { get; }

    /// <summary>A hash over all slots and batches so far. Nodes that applied the same log have the same; a different one at the
    /// same slot means that the log was not the same.</summary>
    public ulong ChainHash { get; private set; }

    /// <summary>The slot of the snapshot that this began with, or of the last <see cref="ForgetBelow"/>.</summary>
    public Slot BaseSlot => _slots.First;

    /// <summary>
    /// The slot to make the next base snapshot of: the newest one whose state is kept and after which
    /// <see cref="StateMachineOptions.History"/> revisions or more than <see cref="StateMachineOptions.HistoryBytes"/> lie, so that a
    /// restart, which replays the log after it, gets the whole history back;
    /// but as soon as one is kept there, not more than <see cref="StateMachineOptions.LogSlots"/> back.
    /// <see cref="BaseSlot"/> when there is none yet.
    /// </summary>
    public Slot SnapshotCandidate { get; private set; }

    /// <summary>The limits.</summary>
    public StateMachineOptions Options { get; }

    /// <summary>The edit of the tree (<see cref="NameMap"/>) that is under way. When the numbers are used up, every change copies.</summary>
    private uint Edit => _edits <= uint.MaxValue ? (uint)_edits : 0;

    private SlotState StateNow => new(Current, ChainHash, _requests.Window, History.LogBytes);

    /// <summary>Goes on from a snapshot.</summary>
    public static StateMachine Restore(StoreSnapshot snapshot, StateMachineOptions options) =>
        new(options, snapshot.View, snapshot.ChainHash, new(snapshot.RequestLimit, snapshot.Requests, snapshot.Forgotten));

    /// <summary>A new store that begins with the effects of some commands: slot 0, one revision for each.</summary>
    /// <exception cref="InvariantViolationException">A command is refused.</exception>
    public static StateMachine CreateGenesis(IReadOnlyList<Command> commands, StateMachineOptions options)
    {
        var machine = new StateMachine(options);
        var encoded = new List<byte[]>();
        foreach (var command in commands)
        {
            encoded.Add(CommandCodec.Encode(command));
        }

        foreach (var outcome in machine.ApplyCommands(Slot.Zero, BatchCodec.Encode(encoded)))
        {
            Invariant.Require(outcome.Error == DoozerErrorCode.None, $"the first commands of a store are good: {outcome.Error}");
        }

        machine._slots.Replace(machine.StateNow);
        return machine;
    }

    /// <summary>Applies the batch of the next slot. The files that it writes are pieces of its memory, which nobody changes.</summary>
    /// <returns>One outcome for each command.</returns>
    /// <exception cref="InvariantViolationException">It is not the next slot, or its batch cannot be read; nothing was
    /// changed.</exception>
    public IReadOnlyList<CommandOutcome> Apply(Slot slot, ReadOnlyMemory<byte> batch)
    {
        if (slot != Applied.Next)
        {
            throw new InvariantViolationException($"slot {slot} was to be applied after slot {Applied}");
        }

        var outcomes = ApplyCommands(slot, batch);
        _slots.Add(StateNow);
        AdvanceCandidate();
        return outcomes;
    }

    /// <summary>The state exactly as it was after <see cref="SnapshotCandidate"/>, <see cref="Applied"/> or another slot whose state is
    /// kept and not released. Costs nothing and never changes; another thread may encode it.</summary>
    /// <exception cref="InvariantViolationException">The state after that slot is not kept.</exception>
    public CapturedState CaptureAt(Slot slot)
    {
        var state = _slots[slot];
        return new(state.View, state.ChainHash, state.Requests, _requests.Limit);
    }

    /// <summary>How many revisions of the log a base snapshot of <see cref="SnapshotCandidate"/> would free.</summary>
    public long RevisionsToFree =>
        _slots[SnapshotCandidate].View.Revision.Value - _slots.FirstRevision.Value;

    /// <summary>How many bytes of the log.</summary>
    public long BytesToFree => _slots[SnapshotCandidate].LogBytes - _slots.FirstBytes;

    /// <summary>The snapshot of a slot is durable: what only older snapshots would need is forgotten. <see cref="BaseSlot"/> becomes
    /// the newest slot up to it whose state is kept.</summary>
    public void ForgetBelow(Slot slot)
    {
        if (slot > Applied)
        {
            throw new InvariantViolationException($"slot {slot} was to be forgotten, but {Applied} is the last one applied");
        }

        _slots.ForgetBefore(slot);
        SnapshotCandidate = Slot.Max(SnapshotCandidate, BaseSlot);
    }

    /// <summary>No state before that of <paramref name="slot"/>, at most <see cref="SnapshotCandidate"/>, will be captured any more. An old
    /// state keeps every value alive that was replaced since; the log after <see cref="BaseSlot"/> is what a restart needs.</summary>
    public void ReleaseStatesBefore(Slot slot) => _slots.Release(slot < SnapshotCandidate ? slot : SnapshotCandidate);

    private CommandOutcome[] ApplyCommands(Slot slot, ReadOnlyMemory<byte> batch)
    {
        // All are decoded before the first is applied: a slot is applied as a whole or not at all.
        var encoded = BatchCodec.Decode(batch);
        var commands = encoded.Count == 0 ? [] : new Command[encoded.Count];
        for (var i = 0; i < commands.Length; i++)
        {
            commands[i] = CommandCodec.Decode(encoded[i]);
        }

        BeginEdit();
        var view = Current;
        var outcomes = commands.Length == 0 ? [] : new CommandOutcome[commands.Length];
        for (var i = 0; i < commands.Length; i++)
        {
            History.Count(encoded[i].Length);
            outcomes[i] = ApplyOnce(commands[i], slot, ref view);
        }

        if (view.Position != slot)
        {
            view = view.MoveTo(slot);
            History.MoveHead(view);
        }

        ChainHash = Chain(slot, batch.Span);
        History.Publish(view);
        return outcomes;
    }

    private CommandOutcome ApplyOnce(Command command, Slot slot, ref StoreView view)
    {
        if (command.Request is not { } id)
        {
            return Apply(command, slot, ref view);
        }

        var key = new RequestKey(id.Client, id.Sequence);
        ref var answer = ref _requests.FindOrAdd(key, out var isKnown);
        if (isKnown)
        {
            return answer with { Duplicate = true };
        }

        if (_requests.MayBeForgotten(id))
        {
            _requests.Cancel(key);
            return new(DoozerErrorCode.OutcomeUnknown, view.Revision, Duplicate: false);
        }

        var outcome = answer = Apply(command, slot, ref view);
        _requests.Remember(key, slot, outcome);
        return outcome;
    }

    private CommandOutcome Apply(Command command, Slot slot, ref StoreView view)
    {
        var error = CommandRules.Judge(view, command, slot, out var change);
        if (error == DoozerErrorCode.None)
        {
            var record = History.Settle(change);
            view = record.ApplyTo(view, Edit);
            if (History.Add(record, view))
            {
                BeginEdit();
            }
        }

        return new(error, view.Revision, Duplicate: false);
    }

    /// <summary>What is changed from now on leaves alone the states that were made before.</summary>
    private void BeginEdit() => _edits++;

    private ulong Chain(Slot slot, ReadOnlySpan<byte> batch)
    {
        Span<byte> head = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(head, ChainHash);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], slot.Value);
        _hasher.Reset();
        _hasher.Append(head);
        _hasher.Append(batch);
        return _hasher.GetCurrentHashAsUInt64();
    }

    private void AdvanceCandidate()
    {
        var head = Current.Revision.Value;
        while (_slots.TryFindKeptAfter(SnapshotCandidate, out var next)
            && (head - next.View.Revision.Value >= Options.History
                || History.LogBytes - next.LogBytes > Options.HistoryBytes
                || Applied - SnapshotCandidate > Options.LogSlots))
        {
            SnapshotCandidate = next.View.Position;
        }
    }
}
