using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Simulation;

/// <summary>One node's disk: a journal whose end is lost in a crash unless it was synced, and a base snapshot that is replaced
/// atomically.</summary>
internal sealed class Disk(World world, SimNode node, DeterministicRandom random)
{
    private readonly List<JournalWrite> _writes = [];
    private readonly Queue<(int Index, Action Release)> _gates = new();
    private readonly SortedDictionary<Slot, AcceptedEntry> _entries = [];
    private Ballot _promised;
    private Slot _truncatedTo;
    private Slot _decidedTo;
    private int _durable;
    private bool _syncing;
    private int _life;

    /// <summary>Syncs take this much longer.</summary>
    public long SlowUs { get; set; }

    /// <summary>The next append fails, and the node has to stop.</summary>
    public bool Full { get; set; }

    public IReadOnlyList<byte[]>? Snapshot { get; private set; }

    public Slot SnapshotSlot { get; private set; } = new(-1);

    public long UnsyncedWrites => _writes.Count - _durable;

    /// <summary>Appends; false when the disk is full.</summary>
    public bool Append(List<JournalWrite> writes)
    {
        if (writes.Count > 0 && Full)
        {
            return false;
        }

        foreach (var write in writes)
        {
            if (world.Sabotage == Sabotage.DiskLosesWrites && write is AcceptWrite && random.Chance(20))
            {
                continue;
            }

            _writes.Add(write);
        }

        return true;
    }

    /// <summary>Calls back when everything appended so far is durable.</summary>
    public void WhenDurable(Action release)
    {
        if (_writes.Count == _durable || world.Sabotage == Sabotage.AnswersBeforeSync)
        {
            release();
            return;
        }

        _gates.Enqueue((_writes.Count, release));
        StartSync();
    }

    public void SaveSnapshot(Slot slot, IReadOnlyList<byte[]> chunks)
    {
        if (slot > SnapshotSlot)
        {
            (SnapshotSlot, Snapshot) = (slot, chunks);
        }
    }

    /// <summary>The power fails: of what was not synced, some first part may have reached the platter.</summary>
    public void Crash()
    {
        _life++;
        _syncing = false;
        _gates.Clear();
        var kept = _durable + (int)random.Between(0, random.Chance(500) ? 0 : _writes.Count - _durable);
        _writes.RemoveRange(kept, _writes.Count - kept);
    }

    /// <summary>Reads the journal, as a starting node does.</summary>
    public PersistedState Load()
    {
        foreach (var write in _writes)
        {
            Fold(write);
        }

        _writes.Clear();
        _durable = 0;
        var decided = world.Sabotage == Sabotage.AcceptedIsDecidedAtRestart && _entries.Count > 0 ? _entries.Last().Key : _decidedTo;
        return new(world.Sabotage switch
        {
            Sabotage.PromiseLostAtRestart => Ballot.Zero,
            Sabotage.BallotReusedAtRestart when _promised.Node == node.Id => _promised with { Round = _promised.Round - 1 },
            _ => _promised,
        }, _truncatedTo, decided, [.. _entries.Values]);
    }

    /// <summary>A new, empty disk under the old name: what a wipe must never be.</summary>
    public void Wipe()
    {
        _writes.Clear();
        _entries.Clear();
        (_promised, _truncatedTo, _decidedTo, _durable) = (Ballot.Zero, Slot.Zero, Slot.Zero, 0);
        (Snapshot, SnapshotSlot) = (null, new(-1));
    }

    private void Fold(JournalWrite write)
    {
        switch (write)
        {
            case PromiseWrite promise:
                _promised = promise.Promised;
                break;
            case AcceptWrite accept when accept.Entry.Slot > _truncatedTo:
                _entries[accept.Entry.Slot] = accept.Entry;
                break;
            case DecidedWrite decided:
                _decidedTo = decided.DecidedTo;
                break;
            case TruncateWrite truncate:
                _truncatedTo = truncate.TruncatedTo;
                while (_entries.Count > 0 && _entries.First().Key <= _truncatedTo)
                {
                    _entries.Remove(_entries.First().Key);
                }

                break;
            default:
                break;
        }
    }

    private void StartSync()
    {
        if (_syncing)
        {
            return;
        }

        _syncing = true;
        var covers = _writes.Count;
        var life = _life;
        var duration = random.Between(world.Options.SyncMinUs, world.Options.SyncMaxUs) + (SlowUs > 0 ? random.Between(0, SlowUs) : 0);
        world.Queue.After(duration, () =>
        {
            if (life == _life)
            {
                _syncing = false;
                _durable = covers;
                node.Run(Release);
            }
        });
    }

    private void Release()
    {
        while (_gates.TryPeek(out var gate) && gate.Index <= _durable)
        {
            _gates.Dequeue();
            var life = _life;
            gate.Release();
            if (life != _life)
            {
                return;
            }
        }

        if (_gates.Count > 0)
        {
            StartSync();
        }
    }
}
