using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>
/// Changes the register: prepare at a majority, take the value of the highest ballot, change it, have a majority accept it (CASPaxos).
/// A pure step machine that its host drives; one change at a time. Begin again after silence: the mark makes a change happen once.
/// </summary>
/// <param name="self">The node whose acceptor promises each ballot before anybody else hears of it.</param>
public class RegisterProposer(RegisterPeer self)
{
    private enum Phase
    {
        Idle,
        Own,
        Prepare,
        Accept,
    }

    private readonly SortedDictionary<NodeId, Ballot> _answers = [];
    private readonly SortedSet<NodeId> _refusals = [];
    private Phase _phase;
    private long _roundSeen;
    private Ballot _ballot;
    private Func<RegisterState, RegisterState?>? _change;
    private long _mark;
    private bool _changed;
    private ImmutableArray<RegisterPeer> _acceptors = [];
    private Quorum? _quorum;
    private Ballot _bestBallot;
    private RegisterState? _best;
    private RegisterState? _proposed;
    private Ballot _decided;

    /// <summary>The acceptors that the proposer counts; what it learned last.</summary>
    public ImmutableArray<RegisterPeer> Acceptors => _acceptors;

    /// <summary>Starts an attempt.</summary>
    /// <param name="acceptors">The acceptors as known; when they are outdated, the attempt finds out and goes on with the right ones.</param>
    /// <param name="ownPromise">The durable promise of the own acceptor: no round up to it is drawn again, also after a crash.</param>
    /// <param name="change">Makes the next value, or null to change nothing. Must be pure: it may run several times.</param>
    /// <param name="mark">Names the change: the same in every attempt of one change, and in no other.</param>
    public RegisterStep Begin(
        ImmutableArray<RegisterPeer> acceptors, Ballot ownPromise, Func<RegisterState, RegisterState?> change, long mark)
    {
        Invariant.Require(acceptors.Length > 0, "a proposer needs to know an acceptor");
        _roundSeen = Math.Max(_roundSeen, ownPromise.Round);
        _change = change;
        _mark = mark;
        _changed = false;
        _best = null;
        _bestBallot = Ballot.Zero;
        _decided = Ballot.Zero;
        return Restart(acceptors);
    }

    /// <summary>Takes an answer. Late, doubled and foreign ones are ignored.</summary>
    public RegisterStep Receive(NodeId from, RegisterReply reply) => reply switch
    {
        PromiseReply promise when promise.Ballot == _ballot && _phase == Phase.Own && from == self.Node => OnOwnPromise(promise),
        PromiseReply promise when promise.Ballot == _ballot && _phase == Phase.Prepare => OnPromise(from, promise),
        AcceptedReply accepted when accepted.Ballot == _ballot && _phase == Phase.Accept => OnAccepted(from),
        RefusedReply refused when refused.Ballot == _ballot && _phase != Phase.Idle => OnRefused(from, refused.Promised),
        RejectedReply rejected when _phase != Phase.Idle => OnRejected(from, rejected.Reason),
        _ => WaitStep.Instance,
    };

    /// <summary>How many acceptors make a quorum.</summary>
    protected virtual bool IsReached(Quorum quorum) => quorum.IsReached;

    /// <summary>Whether a promise's value replaces the one held: the value of the highest ballot may be decided, no other can be.</summary>
    protected virtual bool IsBetter(Ballot held, Ballot offered) => offered > held;

    /// <summary>
    /// Whether a value may be given another acceptor set: only once it is decided under the set that it names. This is the second
    /// write of the change before. Without it two changes in a row make majorities that share no acceptor.
    /// </summary>
    protected virtual bool MayChangeAcceptors(bool decidedUnderItsOwnSet) => decidedUnderItsOwnSet;

    private SendStep Restart(ImmutableArray<RegisterPeer> acceptors)
    {
        _acceptors = acceptors;
        _quorum = new Quorum(new VotingConfiguration(acceptors.Select(peer => peer.Node)));
        _roundSeen++;
        _ballot = new Ballot(_roundSeen, self.Node);
        _answers.Clear();
        _refusals.Clear();
        _proposed = null;

        // The own acceptor promises first, durably: a ballot that is on record there is never drawn again by this node.
        _phase = Phase.Own;
        return new SendStep(new PrepareRequest(_ballot), [self]);
    }

    private RegisterStep OnOwnPromise(PromiseReply promise)
    {
        _phase = Phase.Prepare;
        var others = _acceptors.RemoveAll(peer => peer.Node == self.Node);
        var step = _quorum!.Configuration.Contains(self.Node) ? OnPromise(self.Node, promise) : WaitStep.Instance;
        return step is WaitStep ? new SendStep(new PrepareRequest(_ballot), others) : step;
    }

    private RegisterStep OnPromise(NodeId from, PromiseReply promise)
    {
        if (!_quorum!.Configuration.Contains(from))
        {
            return WaitStep.Instance;
        }

        _answers[from] = promise.AcceptedBallot;
        if (promise.Accepted is not null && (_best is null || IsBetter(_bestBallot, promise.AcceptedBallot)))
        {
            _best = promise.Accepted;
            _bestBallot = promise.AcceptedBallot;
        }

        _quorum.Add(from);
        return IsReached(_quorum) ? OnPrepared() : WaitStep.Instance;
    }

    private RegisterStep OnPrepared()
    {
        if (_best is null)
        {
            // Only the founder makes a first value. To invent an empty one here would show Orleans an empty table.
            return Stop(new StuckStep("a majority of the acceptors holds no value"));
        }

        // Restart, and write nothing under this set: an outdated set's write could cover a decided value with an older one.
        if (!_best.Voters().Equals(_quorum!.Configuration))
        {
            return Restart(_best.Acceptors);
        }

        var decided = IsBestDecided();
        if (_best.Recent.Contains(_mark))
        {
            _changed = true;
            return decided ? Stop(new DoneStep(_best, true)) : Propose(_best);
        }

        var next = _changed ? null : _change!(_best);
        if (next is null)
        {
            return decided ? Stop(new DoneStep(_best, _changed)) : Propose(_best);
        }

        if (!next.Voters().Equals(_quorum.Configuration))
        {
            Invariant.Require(DiffersByOne(_best, next), "the acceptor set changes by one acceptor at a time");
            if (!MayChangeAcceptors(decided))
            {
                return Propose(_best);
            }
        }

        return Propose(next.After(_best, _mark));
    }

    private SendStep Propose(RegisterState state)
    {
        _phase = Phase.Accept;
        _proposed = state;
        _quorum = new Quorum(_quorum!.Configuration);
        _refusals.Clear();
        return new SendStep(new AcceptRequest(_ballot, state), _acceptors);
    }

    private RegisterStep OnAccepted(NodeId from)
    {
        _quorum!.Add(from);
        if (!IsReached(_quorum))
        {
            return WaitStep.Instance;
        }

        var state = _proposed!;
        _changed |= state.Recent.Contains(_mark);
        _best = state;
        _bestBallot = _ballot;
        var sameSet = state.Voters().Equals(_quorum.Configuration);
        if (sameSet)
        {
            _decided = _ballot;
        }

        // A new set must hold its own value before anything else changes: go on there until a majority of it does.
        // A change that had to wait until the value was decided gets its turn now.
        var finished = sameSet && (_changed || _change!(state) is null);
        return finished ? Stop(new DoneStep(state, _changed)) : Restart(state.Acceptors);
    }

    private RegisterStep OnRefused(NodeId from, Ballot promised)
    {
        _roundSeen = Math.Max(_roundSeen, promised.Round);
        if (_phase == Phase.Own)
        {
            return from == self.Node ? Restart(_acceptors) : WaitStep.Instance;
        }

        return OnNo(from) ? Stop(new LostStep(promised)) : WaitStep.Instance;
    }

    private RegisterStep OnRejected(NodeId from, string reason)
    {
        var fatal = _phase == Phase.Own ? from == self.Node : OnNo(from);
        return fatal ? Stop(new StuckStep(reason)) : WaitStep.Instance;
    }

    private bool OnNo(NodeId from)
    {
        var voters = _quorum!.Configuration;
        if (voters.Contains(from) && !_quorum.Has(from))
        {
            _refusals.Add(from);
        }

        return voters.Voters.Count - _refusals.Count < voters.QuorumSize;
    }

    // Either this attempt had a majority accept it under the set that it names, or a majority of that set says it accepted it.
    private bool IsBestDecided() =>
        _bestBallot == _decided
        || _quorum!.Configuration.IsQuorum(node => _answers.TryGetValue(node, out var ballot) && ballot == _bestBallot);

    private static bool DiffersByOne(RegisterState from, RegisterState to)
    {
        var before = from.Voters();
        var after = to.Voters();
        return before.Voters.Count(node => !after.Contains(node)) + after.Voters.Count(node => !before.Contains(node)) == 1;
    }

    private RegisterStep Stop(RegisterStep step)
    {
        _phase = Phase.Idle;
        return step;
    }
}
