namespace Orleans.Doozer.Consensus;

/// <summary>
/// Which configuration is in force for which slot. Configuration is data: the voters named by the store after slot n are in force
/// from slot n + alpha on (Doozer, consensus/manager.go; Paxos Made Simple, section 3). So after slot n is applied, the
/// configurations of all slots up to n + alpha are known, and of no slot beyond.
/// </summary>
public sealed class ConfigurationSchedule
{
    private readonly List<ConfigurationChange> _changes;

    /// <summary>Starts from changes in order of their slots; the first must govern the first slot of interest.</summary>
    public ConfigurationSchedule(IEnumerable<ConfigurationChange> changes)
    {
        _changes = [.. changes];
        Invariant.Require(_changes.Count > 0, "a schedule starts with a configuration");
    }

    /// <summary>The configuration that was scheduled last.</summary>
    public ConfigurationChange Latest => _changes[^1];

    /// <summary>The changes that are kept, in order.</summary>
    public IReadOnlyList<ConfigurationChange> Changes => _changes;

    /// <summary>The configuration in force for <paramref name="slot"/>. The caller must have applied slot - alpha.</summary>
    public VotingConfiguration For(Slot slot) => ChangeFor(slot).Configuration;

    /// <summary>The same, with the first slot that it governs.</summary>
    public ConfigurationChange ChangeFor(Slot slot)
    {
        for (var i = _changes.Count - 1; i >= 0; i--)
        {
            if (_changes[i].From <= slot)
            {
                return _changes[i];
            }
        }

        throw new InvariantViolationException($"no configuration is known for slot {slot}; the first is from {_changes[0].From}");
    }

    /// <summary>The distinct configurations in force for the slots from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public IReadOnlyList<VotingConfiguration> Between(Slot first, Slot last)
    {
        var found = new List<VotingConfiguration> { For(first) };
        foreach (var change in _changes)
        {
            if (change.From > first && change.From <= last && !found.Contains(change.Configuration))
            {
                found.Add(change.Configuration);
            }
        }

        return found;
    }

    /// <summary>Schedules a configuration if it differs from the latest.</summary>
    /// <returns>Whether it does.</returns>
    public bool Schedule(Slot from, VotingConfiguration configuration)
    {
        if (configuration.Equals(Latest.Configuration))
        {
            return false;
        }

        Invariant.Require(from > Latest.From, "configurations are scheduled in the order of their slots");
        _changes.Add(new(from, configuration));
        return true;
    }

    /// <summary>What was scheduled by the slots up to <paramref name="slot"/>: what a snapshot of that slot carries.</summary>
    public IReadOnlyList<ConfigurationChange> WindowAt(Slot slot, long alpha)
    {
        var first = _changes.FindLastIndex(change => change.From <= slot.Next);
        return _changes[Math.Max(first, 0)..].FindAll(change => change.From <= slot + alpha);
    }

    /// <summary>Forgets what no slot above <paramref name="slot"/> needs.</summary>
    public void Forget(Slot slot)
    {
        var first = _changes.FindLastIndex(change => change.From <= slot.Next);
        if (first > 0)
        {
            _changes.RemoveRange(0, first);
        }
    }
}

/// <summary>A configuration and the first slot it governs.</summary>
public sealed record ConfigurationChange(Slot From, VotingConfiguration Configuration);
