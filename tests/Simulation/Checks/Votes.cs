using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Simulation;

/// <summary>What the acceptors have answered: never taken back, not even by a restart. And what was proposed: one batch per ballot and
/// slot, for ever.</summary>
internal sealed class Votes
{
    private readonly List<Voter> _voters = [];      // by the index of the node
    private readonly List<List<Proposal>> _slots = [];

    public void Started(SimNode node)
    {
        var acceptor = node.Replica!.Acceptor;
        var voter = Of(node);
        SimFailure.Require(
            acceptor.Promised >= voter.Answered,
            "promise", $"node {node.Index} restarts with {acceptor.Promised} but had promised {voter.Answered}");
        voter.Promised = acceptor.Promised;
        while (voter.Accepted.Count > 0 && voter.Accepted.GetKeyAtIndex(0) <= acceptor.Log.TruncatedTo)
        {
            voter.Accepted.RemoveAt(0);
        }

        foreach (var (slot, ballot) in voter.Accepted)
        {
            var held = acceptor.Log[slot];
            SimFailure.Require(
                held is not null && held.Ballot >= ballot, "vote", $"node {node.Index} restarts without its vote in slot {slot}");
        }
    }

    /// <summary>Checks what a node promised or voted for in a step. It may leave the node later, and after others.</summary>
    public void Stepped(SimNode node, Message? reply)
    {
        var promised = node.Replica!.Acceptor.Promised;
        var voter = Of(node);
        if (promised != voter.Promised)
        {
            SimFailure.Require(promised > voter.Promised, "promise", $"node {node.Index} fell from {voter.Promised} to {promised}");
            voter.Promised = promised;
        }

        var ballot = reply switch { Promise promise => promise.Ballot, Accepted accepted => accepted.Ballot, _ => promised };
        SimFailure.Require(ballot >= promised, "below promise", $"node {node.Index} answers under {ballot} and has promised {promised}");
    }

    public void Proposed(AcceptedEntry entry)
    {
        var found = Find(entry.Slot, entry.Ballot);
        if (found is null)
        {
            In(entry.Slot).Add(new(entry.Ballot, entry.Batch));
            return;
        }

        SimFailure.Require(
            IsSame(found.Batch, entry.Batch), "ballot", $"ballot {entry.Ballot} carries two batches in slot {entry.Slot}");
    }

    public void Drawn(SimNode node, Ballot ballot)
    {
        var voter = Of(node);
        voter.Answered = Ballot.Max(voter.Answered, ballot);
    }

    public void Answered(SimNode node, Message reply)
    {
        if (reply is Promise promise)
        {
            Drawn(node, promise.Ballot);
        }
        else if (reply is Accepted accepted)
        {
            Drawn(node, accepted.Ballot);
            var voter = Of(node);
            voter.Accepted[accepted.Slot] = Ballot.Max(voter.Accepted.GetValueOrDefault(accepted.Slot), accepted.Ballot);
            var votes = Find(accepted.Slot, accepted.Ballot)?.Votes;
            if (votes is not null && !votes.Contains(node.Id))
            {
                votes.Add(node.Id);
            }
        }
    }

    /// <summary>Whether a majority has voted for this batch under one ballot.</summary>
    public bool IsDecided(AcceptedEntry entry, VotingConfiguration configuration) => In(entry.Slot).Exists(
        proposal => IsSame(proposal.Batch, entry.Batch) && configuration.IsQuorum(proposal.Votes.Contains));

    private static bool IsSame(byte[] one, byte[] other) => ReferenceEquals(one, other) || one.AsSpan().SequenceEqual(other);

    private Voter Of(SimNode node)
    {
        while (_voters.Count <= node.Index)
        {
            _voters.Add(new());
        }

        return _voters[node.Index];
    }

    private List<Proposal> In(Slot slot)
    {
        while (_slots.Count <= slot.Value)
        {
            _slots.Add([]);
        }

        return _slots[(int)slot.Value];
    }

    private Proposal? Find(Slot slot, Ballot ballot)
    {
        foreach (var proposal in In(slot))
        {
            if (proposal.Ballot == ballot)
            {
                return proposal;
            }
        }

        return null;
    }

    /// <summary>What a node holds now, and what others were told that it holds.</summary>
    private sealed class Voter
    {
        public Ballot Promised { get; set; }

        public Ballot Answered { get; set; }

        /// <summary>The highest ballot that was answered for each slot that may still be in the log.</summary>
        public SortedList<Slot, Ballot> Accepted { get; } = [];
    }

    private sealed record Proposal(Ballot Ballot, byte[] Batch)
    {
        public List<NodeId> Votes { get; } = [];
    }
}
