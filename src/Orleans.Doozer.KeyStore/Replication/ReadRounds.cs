using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// Linearizable reads without the leader: asks a majority of acceptors for their highest accepted slot and waits until that slot is
/// applied here. A write that was acknowledged before the round began was accepted by a majority, so one of the asked knows its slot.
/// One round serves all readers that were waiting when it started.
/// </summary>
internal sealed class ReadRounds(NodeId self, ConsensusTimes times)
{
    private readonly SortedSet<NodeId> _answered = [];
    private readonly List<Answered> _awaitingApply = [];
    private IReadOnlyList<VotingConfiguration> _asked = [];
    private List<long> _waiting = [];
    private List<long> _reading = [];
    private RetryTimer? _retry;
    private Slot _scheduled;
    private Slot _target;
    private long _round;

    public void Add(long token) => _waiting.Add(token);

    /// <summary>Starts a round if readers wait and none is under way.</summary>
    public void Start(Slot applied, Slot ownHighest, ConfigurationSchedule schedule, long alpha, long nowMs, Effects effects)
    {
        // The voters of a configuration that is over may be gone for ever: a round that waits for them starts over with the present ones.
        if (_retry is not null && (!ReferenceEquals(_asked[0], schedule.For(applied.Next)) || _scheduled != schedule.Latest.From))
        {
            _retry = null;
            _waiting.AddRange(_reading);
            _reading = [];
        }

        if (_retry is not null || _waiting.Count == 0)
        {
            return;
        }

        (_reading, _waiting) = (_waiting, []);
        _round++;
        _asked = schedule.Between(applied.Next, applied + alpha);
        _scheduled = schedule.Latest.From;
        _target = ownHighest;
        _answered.Clear();
        _answered.Add(self);
        _retry = new RetryTimer(times, nowMs);
        Ask(effects);
        CompleteIfQuorum(nowMs);
    }

    public void Receive(NodeId from, HighestAccepted answer, long nowMs)
    {
        if (_retry is null || answer.Round != _round)
        {
            return;
        }

        _answered.Add(from);
        _target = Slot.Max(_target, answer.Slot);
        CompleteIfQuorum(nowMs);
    }

    /// <summary>Lets the readers go whose slot is applied. If the voters changed since their round began, another majority may have
    /// acknowledged writes that this one never saw: they start over.</summary>
    public void Applied(Slot applied, ConfigurationSchedule schedule, List<long> ready)
    {
        for (var i = _awaitingApply.Count - 1; i >= 0; i--)
        {
            if (_awaitingApply[i] is { } answered && answered.Target <= applied)
            {
                (answered.Scheduled == schedule.Latest.From ? ready : _waiting).AddRange(answered.Tokens);
                _awaitingApply.RemoveAt(i);
            }
        }
    }

    public void Tick(long nowMs, Effects effects)
    {
        // The slot may have been known to a voter that is gone, and nobody may ever decide it: a new round asks who is there now.
        for (var i = _awaitingApply.Count - 1; i >= 0; i--)
        {
            if (nowMs >= _awaitingApply[i].PatienceMs)
            {
                _waiting.AddRange(_awaitingApply[i].Tokens);
                _awaitingApply.RemoveAt(i);
            }
        }

        if (_retry is not null && _retry.IsDue(nowMs))
        {
            Ask(effects);
        }
    }

    private void Ask(Effects effects)
    {
        var asked = new SortedSet<NodeId>(_answered);
        foreach (var configuration in _asked)
        {
            foreach (var voter in configuration.Voters)
            {
                if (asked.Add(voter))
                {
                    effects.Messages.Add(new(voter, new HighestAcceptedQuery(_round)));
                }
            }
        }
    }

    private void CompleteIfQuorum(long nowMs)
    {
        foreach (var configuration in _asked)
        {
            if (!configuration.IsQuorum(_answered.Contains))
            {
                return;
            }
        }

        _retry = null;
        _awaitingApply.Add(new(_target, _scheduled, nowMs + (2 * times.ElectionMaxMs), _reading));
        _reading = [];
    }

    /// <summary>A round that knows up to which slot its readers must wait.</summary>
    private sealed record Answered(Slot Target, Slot Scheduled, long PatienceMs, List<long> Tokens);
}
