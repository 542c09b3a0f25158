using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>Who leads; and for a leader: whom to speak to, when, and whether anybody listens.</summary>
internal sealed class Leadership(ConsensusTimes times)
{
    private const long AnnounceMs = 3;
    private readonly SortedDictionary<NodeId, long> _heardMs = [];
    private List<NodeId> _followers = [];
    private Slot _announced;
    private Slot _decided;
    private long _decidedMs;        // when it was seen that slots are decided
    private long? _unannouncedMs;   // since when the followers have not been told of one
    private bool _isBusy;           // the last proposal came so soon that it could have told them
    private long _sentMs;
    private long _refreshedMs;
    private long _sinceMs;

    public NodeId Leader { get; private set; }

    public Ballot Ballot { get; private set; }

    /// <summary>Notes who leads; false for a leader of an older ballot.</summary>
    public bool Follow(NodeId leader, Ballot ballot)
    {
        if (ballot < Ballot)
        {
            return false;
        }

        Leader = leader;
        Ballot = ballot;
        return true;
    }

    /// <summary>Nobody is known to lead.</summary>
    public void Forget() => Leader = NodeId.None;

    /// <summary>This node asks for promises.</summary>
    public void Campaign(long nowMs) => _sinceMs = nowMs;

    /// <summary>This node leads from now on.</summary>
    public void Begin(long nowMs)
    {
        _heardMs.Clear();
        _sinceMs = nowMs;
        _sentMs = nowMs - times.HeartbeatMs;
        _refreshedMs = nowMs;
        _announced = Slot.Zero;
        _decided = Slot.Zero;
        _unannouncedMs = null;
        _isBusy = false;
    }

    public void Heard(NodeId follower, long nowMs) => _heardMs[follower] = nowMs;

    /// <summary>A campaign without a majority ends, so that others may try; so does a lead that no majority answers.</summary>
    public bool IsLost(bool leading, VotingConfiguration voters, NodeId self, long nowMs)
    {
        var patience = leading ? times.LeaderSilenceMs : 2 * times.ElectionMaxMs;
        return nowMs - _sinceMs > patience
            && !(leading && voters.IsQuorum(
                voter => voter == self || (_heardMs.TryGetValue(voter, out var heard) && nowMs - heard <= patience)));
    }

    public bool IsHeartbeatDue(long nowMs) => nowMs - _sentMs >= times.HeartbeatMs;

    /// <summary>Whether to look for new followers. It must not hang on the heartbeat: under load the announcements take its place, and a
    /// node that registered would never be spoken to.</summary>
    public bool IsRefreshDue(long nowMs)
    {
        if (nowMs - _refreshedMs < times.HeartbeatMs)
        {
            return false;
        }

        _refreshedMs = nowMs;
        return true;
    }

    /// <summary>Voters of the slots to come, and every node that registered under /ctl/node.</summary>
    public void SetFollowers(NodeId self, IReadOnlyList<VotingConfiguration> configurations, IReadOnlyList<NodeId> registered)
    {
        var followers = new SortedSet<NodeId>(registered);
        foreach (var configuration in configurations)
        {
            followers.UnionWith(configuration.Voters);
        }

        followers.Remove(self);
        _followers = [.. followers];
    }

    /// <summary>When the followers must be told what was decided, if no proposal tells them before; null when they know.</summary>
    public long? AnnouncementDueMs => _unannouncedMs + AnnounceMs;

    /// <summary>A proposal leaves for the voters of its slot and tells them what is decided.</summary>
    public void Proposed(Slot decidedTo, VotingConfiguration voters, long nowMs)
    {
        _isBusy = nowMs - _decidedMs < AnnounceMs;
        if (_followers.TrueForAll(voters.Contains))
        {
            Announced(decidedTo);
        }
    }

    /// <summary>Whether the followers should be told apart what was decided: at once when no write follows, otherwise when none has
    /// followed within a few milliseconds. A message for each write to each follower, and its answer, costs one client a seventh of its rate.</summary>
    public bool IsAnnouncementDue(Slot decidedTo, bool idle, long nowMs)
    {
        if (decidedTo > _decided)
        {
            (_decided, _decidedMs) = (decidedTo, nowMs);
        }

        if (decidedTo <= _announced)
        {
            return false;
        }

        _unannouncedMs ??= nowMs;
        return (idle && !_isBusy) || nowMs >= AnnouncementDueMs;
    }

    public void Send(Heartbeat heartbeat, long nowMs, List<Outgoing> outbox)
    {
        _sentMs = nowMs;
        Announced(heartbeat.DecidedTo);
        foreach (var follower in _followers)
        {
            outbox.Add(new(follower, heartbeat));
        }
    }

    private void Announced(Slot decidedTo)
    {
        _announced = decidedTo;
        _unannouncedMs = null;
    }
}
