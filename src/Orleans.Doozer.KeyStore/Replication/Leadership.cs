using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>Who leads; and for a leader: whom to speak to, when, and whether anybody listens.</summary>
internal sealed class Leadership(ConsensusTimes times)
{
    private const long AnnounceMs = 2;
    private readonly SortedDictionary<NodeId, long> _heardMs = [];
    private List<NodeId> _followers = [];
    private Slot _announced;
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

    /// <summary>Whether the followers should hear what was decided since they were last told: at once when nothing else is on its way
    /// to them, otherwise every few milliseconds.</summary>
    public bool IsAnnouncementDue(Slot decidedTo, bool idle, long nowMs) =>
        decidedTo > _announced && (idle || nowMs - _sentMs >= AnnounceMs);

    public void Send(Heartbeat heartbeat, long nowMs, List<Outgoing> outbox)
    {
        _sentMs = nowMs;
        _announced = heartbeat.DecidedTo;
        foreach (var follower in _followers)
        {
            outbox.Add(new(follower, heartbeat));
        }
    }
}
