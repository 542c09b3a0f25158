using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <content>Becoming the leader, staying it, following another, and giving up.</content>
public sealed partial class Replica
{
    private void AskForPreVotes(long nowMs, Effects effects)
    {
        _leadership.Forget();
        var question = _election.Ask(Applied, nowMs);
        foreach (var voter in _schedule!.For(Applied.Next).Voters)
        {
            effects.Messages.Add(new(voter, question));
        }
    }

    private void TickProposer(long nowMs, Effects effects)
    {
        // A voter of none of the coming slots has nothing to lead once its last proposals are decided: giving those up too would leave
        // them to the next leader, which, with a disk slower than a tick, would give them up as well. A leader that no majority
        // answers misleads its clients.
        var coming = _schedule!.For(_proposer.Next);
        var done = !coming.Contains(_self) && _proposer.InFlight == 0;
        var voters = coming.Contains(_self) ? coming : _schedule.For(Applied.Next);
        if (done || _leadership.IsLost(_proposer.IsLeading, voters, _self, nowMs))
        {
            StepDown(nowMs, effects);
        }
        else if (_proposer.IsLeading)
        {
            if (_leadership.IsRefreshDue(nowMs))
            {
                RefreshFollowers();
                KeepVoters(nowMs);
            }

            if (_leadership.IsHeartbeatDue(nowMs))
            {
                SendHeartbeat(nowMs, effects);
            }
        }
    }

    /// <summary>One change at a time: the next is planned when the last is applied and its voters are in force.</summary>
    private void KeepVoters(long nowMs)
    {
        if (_keeper.IsDue(nowMs) && _commands.OwnCount == 0 && _schedule!.Latest.From <= Applied.Next)
        {
            _commands.AddOwn(_keeper.Plan(_machine!.Current, _schedule.Latest.Configuration, _self, nowMs));
        }
    }

    /// <summary>A leader that was removed finishes the slots of the old voters and leaves the next to the new ones.</summary>
    private bool IsHandedOver(long nowMs, Effects effects)
    {
        var change = _schedule!.ChangeFor(_proposer.Next);
        if (!change.Configuration.Contains(_self))
        {
            return false;
        }

        var done = _handover.IsDone(change, Applied);
        if (!done)
        {
            _handover.Ask(change, Applied, nowMs, effects.Messages);
        }

        return done;
    }

    private void RefreshFollowers() => _leadership.SetFollowers(
        _self, _schedule!.Between(Applied.Next, Applied + _options.Alpha), ControlFiles.Nodes(_machine!.Current));

    private void SendHeartbeat(long nowMs, Effects effects) => _leadership.Send(
        new Heartbeat(_proposer.Ballot, Applied, _schedule!.Latest.From, _machine!.ChainHash), nowMs, effects.Messages);

    private void Follow(NodeId leader, Ballot ballot, long nowMs, Effects effects)
    {
        _proposer.Saw(ballot);
        if (_proposer.Phase != ProposerPhase.Idle && ballot > _proposer.Ballot)
        {
            StepDown(nowMs, effects);
        }

        if (_leadership.Follow(leader, ballot))
        {
            _election.HeardLeader(nowMs);
        }
    }

    private void StepDown(long nowMs, Effects effects)
    {
        _proposer.Stop();
        _pace.Forget();
        _leadership.Forget();
        _commands.GiveUp(effects.Completions);
        _election.Postpone(nowMs);
    }
}
