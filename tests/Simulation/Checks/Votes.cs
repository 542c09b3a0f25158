using System.IO.Hashing;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Simulation;

/// <summary>What the acceptors have answered: never taken back, not even by a restart. And what was proposed: one batch per ballot and
/// slot, for ever.</summary>
internal sealed class Votes
{
    private readonly Dictionary<NodeId, Ballot> _promised = [];
    private readonly Dictionary<NodeId, Ballot> _answeredPromise = [];
    private readonly Dictionary<(NodeId Node, Slot Slot), Ballot> _accepted = [];
    private readonly Dictionary<NodeId, SortedSet<Slot>> _acceptedSlots = [];
    private readonly Dictionary<(Slot Slot, Ballot Ballot), ulong> _proposed = [];
    private readonly Dictionary<(Slot Slot, ulong Batch), SortedDictionary<Ballot, Quorumless>> _votes = [];

    public void Started(SimNode node)
    {
        var acceptor = node.Replica!.Acceptor;
        var answered = _answeredPromise.GetValueOrDefault(node.Id);
        SimFailure.Require(
            acceptor.Promised >= answered, "promise", $"node {node.Index} restarts with {acceptor.Promised} but had promised {answered}");
        _promised[node.Id] = acceptor.Promised;
        foreach (var slot in _acceptedSlots.GetValueOrDefault(node.Id) ?? [])
        {
            var held = acceptor.Log[slot];
            SimFailure.Require(
                slot <= acceptor.Log.TruncatedTo || (held is not null && held.Ballot >= _accepted[(node.Id, slot)]),
                "vote", $"node {node.Index} restarts without its vote in slot {slot}");
        }

        if (_acceptedSlots.TryGetValue(node.Id, out var slots))
        {
            slots.RemoveWhere(slot => slot <= acceptor.Log.TruncatedTo);
        }
    }

    public void Stepped(SimNode node)
    {
        var promised = node.Replica!.Acceptor.Promised;
        var before = _promised.GetValueOrDefault(node.Id);
        SimFailure.Require(promised >= before, "promise", $"node {node.Index} fell from {before} to {promised}");
        _promised[node.Id] = promised;
    }

    public void Proposed(AcceptedEntry entry)
    {
        var hash = Hash(entry.Batch);
        SimFailure.Require(
            _proposed.TryAdd((entry.Slot, entry.Ballot), hash) || _proposed[(entry.Slot, entry.Ballot)] == hash,
            "ballot", $"ballot {entry.Ballot} carries two batches in slot {entry.Slot}");
    }

    public void Drawn(SimNode node, Ballot ballot) =>
        _answeredPromise[node.Id] = Ballot.Max(_answeredPromise.GetValueOrDefault(node.Id), ballot);

    public void Answered(SimNode node, Message reply)
    {
        if (reply is Promise promise)
        {
            Drawn(node, promise.Ballot);
        }
        else if (reply is Accepted accepted)
        {
            Drawn(node, accepted.Ballot);
            var key = (node.Id, accepted.Slot);
            _accepted[key] = Ballot.Max(_accepted.GetValueOrDefault(key), accepted.Ballot);
            if (!_acceptedSlots.TryGetValue(node.Id, out var slots))
            {
                _acceptedSlots.Add(node.Id, slots = []);
            }

            slots.Add(accepted.Slot);
            Count(node.Id, accepted);
        }
    }

    /// <summary>Whether a majority has voted for this batch under one ballot.</summary>
    public bool IsDecided(AcceptedEntry entry, VotingConfiguration configuration) =>
        _votes.TryGetValue((entry.Slot, Hash(entry.Batch)), out var ballots)
        && ballots.Values.Any(votes => configuration.IsQuorum(votes.Nodes.Contains));

    private static ulong Hash(byte[] batch) => XxHash3.HashToUInt64(batch);

    private void Count(NodeId node, Accepted accepted)
    {
        if (!_proposed.TryGetValue((accepted.Slot, accepted.Ballot), out var batch))
        {
            return;
        }

        if (!_votes.TryGetValue((accepted.Slot, batch), out var ballots))
        {
            _votes.Add((accepted.Slot, batch), ballots = []);
        }

        if (!ballots.TryGetValue(accepted.Ballot, out var votes))
        {
            ballots.Add(accepted.Ballot, votes = new([]));
        }

        votes.Nodes.Add(node);
    }

    private sealed record Quorumless(SortedSet<NodeId> Nodes);
}
