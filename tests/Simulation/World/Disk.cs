using System.Diagnostics.CodeAnalysis;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>One node's disk: a journal whose end is lost in a crash unless it was synced, and a base snapshot that is replaced
/// atomically. What breaks it is in Disk.Faults.cs.</summary>
internal sealed partial class Disk(World world, SimNode node, DeterministicRandom random)
{
    private readonly List<JournalWrite> _writes = [];       // since the start; _durable of them are synced
    private readonly List<int> _ends = [];                  // how many writes there were after each append
    private readonly Queue<(int Index, Action Release)> _gates = new();
    private DiskContent _settled = new();                   // what a start found
    private int _durable;
    private bool _syncing;
    private int _covers;
    private int _life;

    /// <summary>Syncs take this much longer.</summary>
    public long SlowUs { get; set; }

    /// <summary>The next append fails, and the node has to stop.</summary>
    public bool Full { get; set; }

    public IReadOnlyList<byte[]>? Snapshot { get; private set; }

    public Slot SnapshotSlot { get; private set; } = new(-1);

    /// <summary>How many of the unsynced writes survive the next crash; null leaves it to chance.</summary>
    public int? KeepAtCrash { get; set; }

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

        if (writes.Count > 0)
        {
            _ends.Add(_writes.Count);
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

    /// <summary>Reads the disk, as a starting node does.</summary>
    /// <returns>False when a checksum is wrong: the node must not start from it, nor guess.</returns>
    public bool TryLoad([NotNullWhen(true)] out PersistedState? journal, out StoreSnapshot? snapshot)
    {
        Settle();
        (journal, snapshot) = (null, null);
        if (_badRecord && world.Sabotage != Sabotage.DamageAccepted)
        {
            return false;
        }

        if (_badSnapshot)
        {
            Damage.RequireRefused(Snapshot!);
            return false;
        }

        snapshot = Snapshot is null ? null : SnapshotCodec.Decode(Snapshot);
        var decided = world.Sabotage == Sabotage.AcceptedIsDecidedAtRestart && _settled.Entries.Count > 0 ? _settled.Entries.Last().Key : _settled.DecidedTo;
        journal = new(world.Sabotage switch
        {
            Sabotage.PromiseLostAtRestart => Ballot.Zero,
            Sabotage.BallotReusedAtRestart when _settled.Promised.Node == node.Id => _settled.Promised with { Round = _settled.Promised.Round - 1 },
            _ => _settled.Promised,
        }, _settled.TruncatedTo, decided, [.. _settled.Entries.Values]);
        return true;
    }

    /// <summary>What a running node reads of its journal: all of it durable, and of one moment.</summary>
    public AcceptedEntry[] ReadDecided(JournalRead wanted)
    {
        var durable = _settled.Copy();
        _writes.GetRange(0, _durable).ForEach(durable.Fold);

        // A journal does not leave for ever what nobody waits for.
        StartSync();
        var to = world.Sabotage == Sabotage.JournalReadIgnoresMarks ? new(long.MaxValue) : Slot.Min(wanted.To, durable.DecidedTo);
        var page = new List<AcceptedEntry>();
        for (var slot = wanted.From; wanted.From > durable.TruncatedTo && slot <= to && durable.Entries.TryGetValue(slot, out var entry); slot = slot.Next)
        {
            page.Add(entry);
        }

        return [.. page];
    }

    /// <summary>What the journal holds in a slot, synced or not.</summary>
    public AcceptedEntry? Find(Slot slot) =>
        _writes.OfType<AcceptWrite>().LastOrDefault(write => write.Entry.Slot == slot)?.Entry ?? _settled.Entries.GetValueOrDefault(slot);

    private void StartSync()
    {
        if (_syncing || _writes.Count == _durable)
        {
            return;
        }

        _syncing = true;
        _covers = _writes.Count;
        var life = _life;
        var duration = random.Between(world.Options.SyncMinUs, world.Options.SyncMaxUs) + (SlowUs > 0 ? random.Between(0, SlowUs) : 0);
        world.Queue.After(duration, () =>
        {
            if (life != _life)
            {
                return;
            }

            _syncing = false;
            _durable = _covers;
            if (!world.DiesAt(node, "synced"))
            {
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
