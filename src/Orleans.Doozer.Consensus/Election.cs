namespace Orleans.Doozer.Consensus;

/// <summary>Times of the protocol, in milliseconds of the host's monotonic clock.</summary>
public sealed record ConsensusTimes
{
    /// <summary>How often a leader speaks. Smaller: followers learn sooner of its death; larger: less idle traffic. Default 75.</summary>
    public long HeartbeatMs { get; init; } = 75;

    /// <summary>The shortest silence after which a follower looks for a new leader. Default 300: four missed heartbeats.</summary>
    public long ElectionMinMs { get; init; } = 300;

    /// <summary>The longest such silence; the spread keeps two followers from competing. Default 600.</summary>
    public long ElectionMaxMs { get; init; } = 600;

    /// <summary>After how long an unanswered message is sent again. Default 150; doubles up to eight times that.</summary>
    public long RetryMs { get; init; } = 150;

    /// <summary>After how long without answers from a majority a leader stops leading. Default 1500.</summary>
    public long LeaderSilenceMs { get; init; } = 1500;
}

/// <summary>
/// Decides when a voter should try to lead: after a randomized silence, and only when a majority misses the leader too (pre-vote).
/// It draws no ballot and changes nobody's promise.
/// </summary>
public sealed class Election(ConsensusTimes times, DeterministicRandom random)
{
    private long _deadline = long.MinValue;
    private long _lastHeard = long.MinValue / 2;
    private readonly SortedSet<NodeId> _granted = [];

    /// <summary>Which attempt at a pre-vote is under way or was the last.</summary>
    public long Round { get; private set; }

    /// <summary>Whether the answers to a pre-vote are awaited.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>The leader spoke.</summary>
    public void HeardLeader(long nowMs)
    {
        _lastHeard = nowMs;
        IsAsking = false;
        Postpone(nowMs);
    }

    /// <summary>Starts the silence anew.</summary>
    public void Postpone(long nowMs) => _deadline = nowMs + random.Between(times.ElectionMinMs, times.ElectionMaxMs);

    /// <summary>Whether the silence was long enough. The first call starts it.</summary>
    public bool IsDue(long nowMs)
    {
        if (_deadline == long.MinValue)
        {
            Postpone(nowMs);
        }

        return nowMs >= _deadline;
    }

    /// <summary>Whether this node misses the leader, so that it would vote for another.</summary>
    public bool MissesLeader(long nowMs) => nowMs - _lastHeard >= times.ElectionMinMs;

    /// <summary>Begins a pre-vote.</summary>
    public PreVote Ask(Slot applied, long nowMs)
    {
        Round++;
        IsAsking = true;
        _granted.Clear();
        Postpone(nowMs);
        return new PreVote(Round, applied);
    }

    /// <summary>Counts an answer.</summary>
    /// <returns>Whether a majority of each configuration has now granted this attempt; then it is over.</returns>
    public bool Count(NodeId from, PreVoteReply reply, IReadOnlyList<VotingConfiguration> configurations)
    {
        if (!IsAsking || reply.Round != Round || !reply.Granted)
        {
            return false;
        }

        _granted.Add(from);
        foreach (var configuration in configurations)
        {
            if (!configuration.IsQuorum(_granted.Contains))
            {
                return false;
            }
        }

        IsAsking = false;
        return true;
    }
}
