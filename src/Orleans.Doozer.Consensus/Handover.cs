namespace Orleans.Doozer.Consensus;

/// <summary>
/// Before a leader proposes in the first slot of new voters, a quorum of them must hold all slots before it, durably. Without that the
/// new voters could decide slots while only voters that have just left hold the ones before: those, whom nobody thinks of as needed any
/// more, would take the store with them.
/// </summary>
public sealed class Handover(ConsensusTimes times)
{
    private readonly SortedSet<NodeId> _holders = [];
    private Slot _from;
    private RetryTimer? _retry;

    /// <summary>Forgets what was heard: this node leads anew.</summary>
    public void Begin() => (_from, _retry) = (Slot.Zero, null);

    /// <summary>Whether slots that the change governs may be proposed in. Once one of them is decided, its leader had made sure.</summary>
    public bool IsDone(ConfigurationChange change, Slot applied) =>
        applied >= change.From || (change.From == _from && change.Configuration.IsQuorum(_holders.Contains));

    /// <summary>Asks the new voters how far they are, when all before their first slot is applied here; again after a while.</summary>
    public void Ask(ConfigurationChange change, Slot applied, long nowMs, List<Outgoing> outbox)
    {
        if (applied.Next != change.From)
        {
            return;
        }

        if (_from != change.From)
        {
            _from = change.From;
            _holders.Clear();
            _retry = null;
        }

        if (_retry is null || _retry.IsDue(nowMs))
        {
            _retry ??= new RetryTimer(times, nowMs);
            foreach (var voter in change.Configuration.Voters)
            {
                if (!_holders.Contains(voter))
                {
                    outbox.Add(new(voter, new AppliedQuery()));
                }
            }
        }
    }

    /// <summary>Takes an answer.</summary>
    public void Receive(NodeId from, AppliedReply reply)
    {
        if (_from > Slot.Zero && reply.Applied.Next >= _from)
        {
            _holders.Add(from);
        }
    }
}
