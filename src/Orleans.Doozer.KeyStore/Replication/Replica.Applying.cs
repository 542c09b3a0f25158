using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <content>What is decided is applied, in order; and where a restarted or joining node begins.</content>
public sealed partial class Replica
{
    private void Restore(StoreSnapshot snapshot)
    {
        _machine = StateMachine.Restore(snapshot, _options.State);
        _schedule = new ConfigurationSchedule(snapshot.Configurations);
        if (snapshot.Slot > Applied)
        {
            _learner.Install(snapshot.Slot);
        }

        _snapshotAsked = snapshot.Slot;
    }

    private void Replay(Slot decidedTo)
    {
        while (Applied < decidedTo && _acceptor.Log[Applied.Next] is { } entry)
        {
            Apply(entry);
        }
    }

    private void Apply(AcceptedEntry entry, Effects? effects = null)
    {
        var before = _machine!.Current;
        var outcomes = _machine.Apply(entry.Slot, entry.Batch);
        _learner.MarkApplied(entry.Slot);
        if (effects is not null)
        {
            _commands.Applied(entry.Slot, outcomes, effects.Completions);
        }

        // No voters at all would be the end of the store: the last ones stay in force (consensus/manager.go, addRun).
        if (!_machine.Current.IsUnchanged(ControlFiles.VotersDirectory, before)
            && ControlFiles.Voters(_machine.Current) is { Count: > 0 } voters
            && _schedule!.Schedule(entry.Slot + _options.Alpha, new VotingConfiguration(voters)))
        {
            // Empty batches bring the change into force at once instead of when alpha writes happen to come.
            _proposer.Fill(entry.Slot + _options.Alpha);
        }
    }

    private void ApplyDecided(long nowMs, Effects effects)
    {
        var before = Applied;
        var scheduled = _schedule!.Latest;
        while (_learner.Next(_acceptor.Log) is { } entry)
        {
            _acceptor.Learn(entry, effects.Writes);
            Apply(entry, effects);
        }

        if (Applied == before)
        {
            return;
        }

        effects.Applied = true;
        _proposer.Applied(Applied);
        _pace.Applied(Applied, _commands.Waiting, nowMs);
        effects.Writes.Add(new DecidedWrite(Applied));
        _acceptor.Release(Applied, _options.LogMemoryBytes);
        if (!ReferenceEquals(scheduled, _schedule.Latest))
        {
            _proposer.AskVoters(_schedule, Applied, nowMs, effects.Messages);
        }

        // One at a time: the next is measured from the base that this one becomes.
        if (_snapshotAsked <= _machine!.BaseSlot && IsSnapshotDue(_machine))
        {
            _snapshotAsked = _machine.SnapshotCandidate;
            effects.SnapshotDue = _snapshotAsked;
        }

        // What was asked for is captured when the step is over, by when the candidate may have moved on.
        _machine.ReleaseStatesBefore(_snapshotAsked > _machine.BaseSlot ? _snapshotAsked : _machine.SnapshotCandidate);
    }

    private bool IsSnapshotDue(StateMachine machine) =>
        machine.SnapshotCandidate - machine.BaseSlot >= _options.SnapshotSlots
        || machine.RevisionsToFree >= Math.Max(_options.SnapshotRevisions, machine.Current.FileCount)
        || machine.BytesToFree >= Math.Max(_options.SnapshotBytes, machine.Current.SizeBytes);
}
