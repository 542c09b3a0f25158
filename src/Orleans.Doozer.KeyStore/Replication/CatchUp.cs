using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>Fetches decided slots that this node lacks, one request at a time: from the leader, or, while none is known, from the
/// voters in turn, which is also how a node that nobody speaks to finds out that it is behind.</summary>
internal sealed class CatchUp(ConsensusTimes times)
{
    private bool _snapshotUnderWay;
    private long _askedMs = long.MinValue / 2;
    private bool _outstanding;
    private int _turn;

    public void Tick(Learner learner, NodeId leader, VotingConfiguration voters, NodeId self, long nowMs, List<Outgoing> outbox)
    {
        var patience = _outstanding || leader.IsNone || learner.KnownTo <= learner.Applied ? times.RetryMs : 0;
        if (_snapshotUnderWay || nowMs - _askedMs < patience || (learner.KnownTo <= learner.Applied && !leader.IsNone))
        {
            return;
        }

        // An answer that does not come may mean that the leader is gone or cut off: the next voter is asked. The leader keeps its
        // turn among them, for the voters that this node knows may be gone for ever.
        var target = leader;
        if (leader.IsNone || _outstanding)
        {
            var turn = _turn++ % (voters.Voters.Count + 1);
            target = turn < voters.Voters.Count ? voters.Voters[turn] : leader;
        }

        if (target != self && !target.IsNone)
        {
            Ask(learner, target, nowMs, outbox);
        }
    }

    /// <summary>Asks a node that is known to have more at once.</summary>
    public void Continue(Learner learner, NodeId from, long nowMs, List<Outgoing> outbox)
    {
        if (learner.KnownTo > learner.Applied && !_snapshotUnderWay)
        {
            Ask(learner, from, nowMs, outbox);
        }
    }

    public void Answered() => _outstanding = false;

    /// <summary>Whether a snapshot should be fetched now; then one is under way.</summary>
    public bool WantSnapshot()
    {
        var want = !_snapshotUnderWay;
        _snapshotUnderWay = true;
        return want;
    }

    public void SnapshotDone()
    {
        _snapshotUnderWay = false;
        _outstanding = false;
    }

    private void Ask(Learner learner, NodeId target, long nowMs, List<Outgoing> outbox)
    {
        _askedMs = nowMs;
        _outstanding = true;
        outbox.Add(new(target, new Fetch(learner.Applied.Next)));
    }
}
