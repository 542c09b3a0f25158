using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Simulation;

/// <summary>What a journal writes as a whole: after a crash all of it is there, or nothing.</summary>
internal enum JournalUnit
{
    /// <summary>A plain log file: each record may be the last one.</summary>
    Record,

    /// <summary>The records of one step.</summary>
    Append,

    /// <summary>A transaction, as SQLite has it: what one sync covers. What came later was not begun.</summary>
    Sync,
}

/// <content>How a disk loses and spoils what it holds.</content>
internal sealed partial class Disk
{
    private int _tornAt = -1;
    private bool _badRecord;
    private bool _badSnapshot;

    /// <summary>The power fails: of what was not synced, some first part may have reached the platter, and of the record after that
    /// one half.</summary>
    public void Crash()
    {
        _life++;
        _syncing = false;
        _gates.Clear();
        var kept = _durable;
        if (random.Chance(500))
        {
            kept = world.Options.JournalUnit switch
            {
                JournalUnit.Sync => Math.Max(_covers, _durable),
                JournalUnit.Append => LastEnd((int)random.Between(_durable, _writes.Count)),
                _ => (int)random.Between(_durable, _writes.Count),
            };
        }

        if (KeepAtCrash is { } chosen)
        {
            (kept, KeepAtCrash) = (_durable + chosen, null);
        }

        _tornAt = kept < _writes.Count && random.Chance(500) ? kept : -1;
        kept += _tornAt < 0 ? 0 : 1;
        _writes.RemoveRange(kept, _writes.Count - kept);
    }

    /// <summary>A bit changes while nobody looks: in the snapshot or in a record of the journal.</summary>
    /// <returns>False when there is nothing that could be damaged.</returns>
    public bool FlipBit()
    {
        Settle();
        if (Snapshot is not null && world.Sabotage != Sabotage.DamageAccepted && random.Chance(500))
        {
            Snapshot = Damage.FlipBit(Snapshot, random);
            _badSnapshot = true;
            return true;
        }

        if (_settled.Entries.Count > 0 && random.Chance(800))
        {
            var entry = random.Pick([.. _settled.Entries.Values]);
            var batch = entry.Batch.Length == 0 ? [1] : Damage.FlipBit([entry.Batch], random)[0];
            _settled.Entries[entry.Slot] = entry with { Batch = batch };
            return _badRecord = true;
        }

        if (_settled.Promised is { Round: > 0 } promised)
        {
            _settled.Promised = promised with { Round = promised.Round ^ (1L << (int)random.Between(0, 3)) };
            return _badRecord = true;
        }

        return false;
    }

    /// <summary>A new, empty disk under the old name: what a wipe must never be.</summary>
    public void Wipe()
    {
        _writes.Clear();
        (_settled, _durable, _tornAt) = (new(), 0, -1);
        (Snapshot, SnapshotSlot) = (null, new(-1));
    }

    /// <summary>Reads the journal up to its end, which a crash may have torn: a record that is there in half ends it.</summary>
    private void Settle()
    {
        for (var i = 0; i < _writes.Count; i++)
        {
            if (i != _tornAt)
            {
                _settled.Fold(_writes[i]);
            }
            else if (world.Sabotage == Sabotage.TornRecordRead && _writes[i] is AcceptWrite accept)
            {
                _settled.Fold(new AcceptWrite(accept.Entry with { Batch = accept.Entry.Batch[..(accept.Entry.Batch.Length / 2)] }));
            }
        }

        _writes.Clear();
        _ends.Clear();
        (_durable, _covers, _tornAt) = (0, 0, -1);
    }

    /// <summary>Where the last append ends that lies wholly before a place.</summary>
    private int LastEnd(int place)
    {
        var at = _ends.FindLastIndex(end => end <= place);
        return Math.Max(at < 0 ? 0 : _ends[at], _durable);
    }
}
