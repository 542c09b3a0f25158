using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <content>What each message of Consensus/Messages.cs does here.</content>
public sealed partial class Replica
{
    private Message OnPrepare(NodeId from, Prepare prepare, long nowMs, Effects effects)
    {
        var reply = _acceptor.Receive(prepare, effects.Writes);
        _proposer.Saw(prepare.Ballot);
        if (reply is Promise && from != _self)
        {
            // Another node draws a higher ballot than any this node could still be heard with.
            _election.Postpone(nowMs);
            if (_proposer.Phase != ProposerPhase.Idle)
            {
                StepDown(nowMs, effects);
            }
        }

        return reply;
    }

    private Message OnAccept(NodeId from, Accept accept, long nowMs, Effects effects)
    {
        var reply = _acceptor.Receive(accept, effects.Writes);
        _proposer.Saw(accept.Entry.Ballot);
        if (reply is Accepted && from != _self)
        {
            Follow(from, accept.Entry.Ballot, nowMs, effects);
            _learner.Announce(accept.Entry.Ballot, accept.DecidedTo);
            if (_machine is not null)
            {
                ApplyDecided(nowMs, effects);
            }
        }

        return reply;
    }

    private Message OnHeartbeat(NodeId from, Heartbeat heartbeat, long nowMs, Effects effects)
    {
        if (heartbeat.Ballot < _acceptor.Promised)
        {
            return new Rejected(heartbeat.Ballot, _acceptor.Promised);
        }

        Follow(from, heartbeat.Ballot, nowMs, effects);
        _learner.Announce(heartbeat.Ballot, heartbeat.DecidedTo);
        if (_machine is not null && _schedule is not null)
        {
            ApplyDecided(nowMs, effects);
            RequireSame(heartbeat);
            _catchUp.Tick(_learner, from, _schedule.For(Applied.Next), _self, nowMs, effects.Messages);
        }

        return new HeartbeatReply(heartbeat.Ballot, Applied, _acceptor.Log.Highest);
    }

    /// <summary>Two replicas that applied the same slots are equal, or one of them must stop before it answers another reader.</summary>
    private void RequireSame(Heartbeat heartbeat)
    {
        if (heartbeat.DecidedTo == Applied)
        {
            Invariant.Require(
                heartbeat.Hash == _machine!.ChainHash,
                $"this replica differs from its leader after slot {Applied}; move its data directory away and join again as a new node");
            Invariant.Require(
                heartbeat.ConfigurationFrom == _schedule!.Latest.From, $"this replica knows other voters than its leader after slot {Applied}");
        }
    }

    private PreVoteReply OnPreVote(PreVote preVote, long nowMs) => new(
        preVote.Round,
        !IsLeading && _election.MissesLeader(nowMs) && preVote.Applied + _options.CandidateLagSlots >= Applied,
        _acceptor.Promised);

    private Message OnFetch(NodeId from, Fetch fetch, long nowMs, Effects effects)
    {
        // It applied all before what it asks for. New voters whose old ones are gone for ever would find out from nobody else.
        if (_machine is not null && fetch.From > Applied.Next && _proposer.Phase == ProposerPhase.Idle)
        {
            _learner.Heard(new Slot(fetch.From.Value - 1));
            if (Leader.IsNone)
            {
                _catchUp.Continue(_learner, from, nowMs, effects.Messages);
            }
        }

        var log = _acceptor.Log;
        var fetched = new Fetched([], Applied, _machine is not null && fetch.From <= log.TruncatedTo, Leader, Ballot);
        if (_machine is null || fetched.SnapshotNeeded)
        {
            return fetched;
        }

        return fetch.From <= log.ReleasedTo
            ? new JournalRead(fetch.From, Applied, FetchBytes, fetched)
            : fetched with { Entries = log.Page(fetch.From, Applied, FetchBytes).Entries };
    }

    private Message? OnReply(NodeId from, Message message, long nowMs, Effects effects)
    {
        switch (message)
        {
            case Promise promise when _schedule is not null:
                OnPromise(from, promise, nowMs, effects);
                break;
            case Accepted accepted when _proposer.Receive(from, accepted) is { } decided:
                _learner.Decide(decided);
                ApplyDecided(nowMs, effects);
                break;
            case Rejected rejected when _proposer.Receive(rejected):
                StepDown(nowMs, effects);
                break;
            case AlreadyDecided already when _proposer.Phase != ProposerPhase.Idle && already.Ballot == _proposer.Ballot
                && already.ReleasedTo > Applied:
                // Others decided what this node lacks. Of a slot that it has applied, an Accept was late or doubled: that means nothing.
                _learner.Heard(already.ReleasedTo);
                StepDown(nowMs, effects);
                break;
            case HeartbeatReply reply when IsLeading && reply.Ballot == _proposer.Ballot:
                _leadership.Heard(from, nowMs);
                _keeper.Heard(from, Applied - reply.Applied <= _options.CandidateLagSlots, nowMs);

                // An entry that only this voter holds, from a leader that died, keeps its readers waiting until the slot is decided.
                _proposer.Fill(reply.HighestAccepted <= Applied + _options.Alpha ? reply.HighestAccepted : Slot.Zero);
                break;
            case PreVoteReply reply:
                OnPreVoteReply(from, reply, nowMs, effects);
                break;
            case AppliedReply reply when IsLeading:
                _handover.Receive(from, reply);
                break;
            case HighestAccepted answer:
                _reads.Receive(from, answer, nowMs);
                break;
            case Fetched fetched:
                OnFetched(from, fetched, nowMs, effects);
                break;
            default:
                break;
        }

        return null;
    }

    private void OnPromise(NodeId from, Promise promise, long nowMs, Effects effects)
    {
        if (_proposer.IsBehind(promise))
        {
            _learner.Heard(promise.ReleasedTo);
            StepDown(nowMs, effects);
            return;
        }

        var phase = _proposer.Phase;
        _proposer.Receive(from, promise, _schedule!, nowMs, effects.Messages);
        if (phase == ProposerPhase.OwnPromise && _proposer.Phase != phase)
        {
            _proposer.AskVoters(_schedule!, Applied, nowMs, effects.Messages);
        }

        if (phase != ProposerPhase.Leading && _proposer.IsLeading)
        {
            _leadership.Begin(nowMs);
            _keeper.Begin(nowMs);
            _handover.Begin();

            // A change of voters that its predecessor did not finish bringing into force.
            _proposer.Fill(new Slot(_schedule!.Latest.From.Value - 1));
            RefreshFollowers();
            SendHeartbeat(nowMs, effects);
        }
    }

    private void OnPreVoteReply(NodeId from, PreVoteReply reply, long nowMs, Effects effects)
    {
        _proposer.Saw(reply.Promised);
        if (_proposer.Phase == ProposerPhase.Idle && _schedule is not null
            && _election.Count(from, reply, [_schedule.For(Applied.Next)]))
        {
            _leadership.Campaign(nowMs);
            _proposer.Begin(_acceptor.Promised, Applied, nowMs, effects.Messages);
        }
    }

    private void OnFetched(NodeId from, Fetched fetched, long nowMs, Effects effects)
    {
        _learner.Heard(fetched.DecidedTo);
        if (Leader.IsNone && !IsVoter && !fetched.Leader.IsNone)
        {
            // Hearsay: enough to know where writes go. A voter waits for the leader's own word, or elects one.
            _leadership.Follow(fetched.Leader, fetched.Ballot);
            _election.Postpone(nowMs);
        }

        if (fetched.SnapshotNeeded)
        {
            if (_proposer.Phase == ProposerPhase.Idle && _catchUp.WantSnapshot())
            {
                effects.SnapshotFrom = from;
            }

            return;
        }

        // While it proposes, its own count of votes is the only source: two would let it announce what it did not lead.
        if (_machine is null || _proposer.Phase != ProposerPhase.Idle)
        {
            return;
        }

        foreach (var entry in fetched.Entries)
        {
            _learner.Decide(entry);
        }

        ApplyDecided(nowMs, effects);
        _catchUp.Answered();
        if (fetched.Entries.Length > 0)
        {
            _catchUp.Continue(_learner, from, nowMs, effects.Messages);
        }
    }
}
