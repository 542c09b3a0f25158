using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// What a leader does so that its store has voters without an operator: notes who answers its heartbeats and how far they are, gives
/// votes to nodes that have caught up, and takes those of nodes that fell silent (design, section 6; Doozer's member.go and
/// peer/peer.go). It only writes files: what they mean for the votes is the log's business.
/// </summary>
internal sealed class VoterKeeper(VoterOptions options, ConsensusTimes times)
{
    private const long IntervalMs = 250;
    private readonly SortedDictionary<NodeId, Seen> _seen = [];
    private readonly SortedSet<NodeId> _unseated = [];
    private long _sinceMs;
    private long _plannedMs;

    /// <summary>This node leads from now on: whom it has not heard yet is silent since now.</summary>
    public void Begin(long nowMs)
    {
        _seen.Clear();
        _unseated.Clear();
        _sinceMs = _plannedMs = nowMs;
    }

    /// <summary>A node answered a heartbeat.</summary>
    public void Heard(NodeId node, bool isCaughtUp, long nowMs)
    {
        // A pause is what a leader would have taken for its own end: several heartbeats.
        var before = _seen.GetValueOrDefault(node);
        var steady = isCaughtUp && before is { IsCaughtUp: true } && nowMs - before.HeardMs <= times.LeaderSilenceMs;
        _seen[node] = new(nowMs, steady ? before!.SteadySinceMs : nowMs, isCaughtUp);
    }

    public bool IsDue(long nowMs) => options.Count > 0 && nowMs - _plannedMs >= IntervalMs;

    /// <summary>Plans the next change of <c>/ctl</c>. The caller leads, all it proposed of this kind is applied, and the latest voters
    /// are in force.</summary>
    public List<Command> Plan(StoreView view, VotingConfiguration inForce, NodeId self, long nowMs)
    {
        _plannedMs = nowMs;
        var slots = ControlFiles.VoterSlots(view);
        var voters = ControlFiles.Voters(view);

        if (voters.Count == 0)
        {
            return VoterPlan.Restore(slots, inForce);
        }

        // While no majority answers, this node may be the one that is cut off.
        var answering = voters.Where(voter => voter == self || IsAnswering(voter, nowMs)).ToList();
        if (!new VotingConfiguration(voters).IsQuorum(answering.Contains))
        {
            return [];
        }

        var silent = voters.Where(voter => voter != self && IsSilent(voter, options.SilenceMs, nowMs)).ToList();
        var registered = ControlFiles.Nodes(view);
        var candidates = registered.Where(node => node != self && !voters.Contains(node) && IsCandidate(view, node, nowMs)).ToList();
        var stay = voters.Except(silent).ToList();
        var writes = VoterPlan.Make(slots, answering, silent, QuorumPlanner.Order(view, stay, candidates), options.Count);
        _unseated.UnionWith(slots.Where(slot => silent.Contains(slot.Voter) && writes.Exists(write => write.Path == slot.Path))
            .Select(slot => slot.Voter));
        if (registered.FirstOrDefault(node => node != self && !voters.Contains(node) && IsForgotten(view, node, nowMs)) is { IsNone: false } gone)
        {
            writes.AddRange(ControlFiles.Forget(view, gone));
        }

        return writes;
    }

    private bool IsCandidate(StoreView view, NodeId node, long nowMs)
    {
        var patience = _unseated.Contains(node) ? options.SilenceMs : options.SteadyMs;
        return IsAnswering(node, nowMs) && _seen[node] is { IsCaughtUp: true } seen
            && nowMs - seen.SteadySinceMs >= patience && ControlFiles.Address(view, node) is not null && !ControlFiles.IsStandby(view, node);
    }

    // Whom a new leader has not heard yet is not silent for long, but nothing may rest on it either.
    private bool IsAnswering(NodeId node, long nowMs) => _seen.TryGetValue(node, out var seen) && nowMs - seen.HeardMs <= times.LeaderSilenceMs;

    private bool IsForgotten(StoreView view, NodeId node, long nowMs) =>
        IsSilent(node, options.ForgetMs, nowMs) && !ControlFiles.IsStandby(view, node);

    private bool IsSilent(NodeId node, long limitMs, long nowMs) => limitMs > 0 && SilenceMs(node, nowMs) > limitMs;

    private long SilenceMs(NodeId node, long nowMs) => nowMs - (_seen.TryGetValue(node, out var seen) ? seen.HeardMs : _sinceMs);

    private sealed record Seen(long HeardMs, long SteadySinceMs, bool IsCaughtUp);
}
