using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>Knows the one log that all nodes must agree on, and compares every step of every node with it.</summary>
internal sealed class Checker
{
    private readonly World _world;
    private readonly StateMachine _machine;
    private readonly List<AppliedSlot> _slots = [];
    private readonly List<ConfigurationChange> _configurations;
    private readonly Votes _votes = new();
    private readonly KeptHistory _kept;
    private readonly Dictionary<int, Slot> _seen = [];

    public Checker(World world, List<byte[]> genesis)
    {
        _world = world;
        var snapshot = SnapshotCodec.Decode(genesis);
        _machine = StateMachine.Restore(snapshot, new StateMachineOptions { History = 1, Requests = world.Options.Requests });
        _configurations = [.. snapshot.Configurations];
        Model = new Model(snapshot.View, world.Options.Requests);
        _kept = new(world.Options.State, snapshot.Revision.Value);
        _slots.Add(new([], snapshot.ChainHash, snapshot.Revision.Value, new Slot(1)));
    }

    public Model Model { get; }

    /// <summary>The last slot for which a change of voters was ever proposed: above <see cref="Applied"/> it may still be decided.</summary>
    public Slot LastVoterChange { get; private set; }

    public Slot Applied => new(_slots.Count - 1);

    /// <summary>The highest revision that somebody was told of: what starts now must see it.</summary>
    public long Acknowledged { get; private set; }

    public void Acknowledge(long revision) => Acknowledged = Math.Max(Acknowledged, revision);

    public VotingConfiguration Configuration(Slot slot) => ChangeFor(slot).Configuration;

    /// <summary>Happens when the first slot of new voters is decided; told are those before them.</summary>
    public Action<VotingConfiguration>? VotersReplaced { get; set; }

    public VotingConfiguration LatestConfiguration => _configurations[^1].Configuration;

    public bool IsLatestConfigurationInForce => _configurations[^1].From <= Applied.Next;

    /// <summary>All configurations that matter to a node at <paramref name="from"/> or later, the newest included.</summary>
    public IEnumerable<VotingConfiguration> ConfigurationsFrom(Slot from)
    {
        var first = _configurations.FindLastIndex(change => change.From <= from.Next);
        return _configurations[Math.Max(first, 0)..].Select(change => change.Configuration);
    }

    /// <summary>After a restart: what the node answered before must still hold.</summary>
    public void Started(SimNode node)
    {
        _votes.Started(node);
        _seen[node.Index] = Slot.Zero;
        CheckApplied(node);
    }

    public void Stepped(SimNode node, Effects effects, Message? reply)
    {
        _votes.Stepped(node, reply);
        CheckApplied(node);
        foreach (var message in effects.Messages)
        {
            if (message.Message is Accept accept)
            {
                _votes.Proposed(accept.Entry);
                if (accept.Entry.Slot > LastVoterChange && IsVoterChange(accept.Entry.Batch))
                {
                    LastVoterChange = accept.Entry.Slot;
                }

                SimFailure.Require(
                    accept.Entry.Slot - Applied <= _world.Options.Alpha, "alpha", $"node {node.Index} proposes in {accept.Entry.Slot}");
                RequireHandover(node, ChangeFor(accept.Entry.Slot));
                SimFailure.Require(
                    Configuration(accept.Entry.Slot).Contains(message.To),
                    "configuration", $"node {node.Index} asks {message.To} to vote in slot {accept.Entry.Slot}");
            }
        }
    }

    public void Sent(SimNode node, Message message)
    {
        // A promise that was drawn must be on the own disk before anybody else hears of it; Votes.Started checks it at the restart.
        if (message is Prepare prepare)
        {
            _votes.Drawn(node, prepare.Ballot);
        }
    }

    public void Answered(SimNode node, Message reply)
    {
        _votes.Answered(node, reply);
        if (reply is not Fetched fetched)
        {
            return;
        }

        for (var i = 0; i < fetched.Entries.Length; i++)
        {
            var entry = fetched.Entries[i];
            SimFailure.Require(
                entry.Slot <= Applied && _slots[(int)entry.Slot.Value].Batch.AsSpan().SequenceEqual(entry.Batch),
                "fetched", $"node {node.Index} hands out slot {entry.Slot}, which was decided otherwise or not at all");
            SimFailure.Require(
                entry.Slot - fetched.Entries[0].Slot == i, "fetched", $"node {node.Index} hands out a page with a hole before {entry.Slot}");
        }
    }

    /// <summary>A command completed at a node: it is in the log, with this answer.</summary>
    public void Completed(Grains.RequestId id, CommandOutcome outcome, Slot slot, long floor)
    {
        SimFailure.Require(slot <= Applied, "lost write", $"{id} was acknowledged in slot {slot}, but only {Applied} is applied");
        if (outcome.Error == DoozerErrorCode.OutcomeUnknown)
        {
            return;
        }

        SimFailure.Require(
            Model.TryGetAnswer(id, out var expected) && expected.Error == outcome.Error && expected.Revision == outcome.Revision,
            "answers", $"{id}: {outcome} instead of {expected}");
        SimFailure.Require(outcome.Revision.Value >= floor, "real time", $"{id}: {outcome} though {floor} was acknowledged before");
        Acknowledge(outcome.Revision.Value);
    }

    private ConfigurationChange ChangeFor(Slot slot)
    {
        var at = _configurations.Count - 1;
        while (_configurations[at].From > slot)
        {
            at--;
        }

        return _configurations[at];
    }

    /// <summary>New voters decide nothing before a quorum of them holds all slots before theirs: otherwise the old ones, who may go
    /// now, would be the only ones who know what was decided.</summary>
    private void RequireHandover(SimNode node, ConfigurationChange change) => SimFailure.Require(
        Applied >= change.From
            || change.Configuration.IsQuorum(voter => _seen.GetValueOrDefault(_world.Find(voter)!.Index).Next >= change.From),
        "handover", $"node {node.Index} proposes to the voters of slot {change.From} before a quorum of them is there");

    private static bool IsVoterChange(byte[] batch) =>
        batch.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(ControlFiles.VotersDirectory)) >= 0;

    private void CheckApplied(SimNode node)
    {
        if (node.Replica?.Machine is not { } machine)
        {
            return;
        }

        var seen = _seen[node.Index];
        var applied = node.Replica.Applied;
        SimFailure.Require(applied >= seen, "applied prefix", $"node {node.Index} fell from {seen} to {applied}");
        if (applied == seen && seen != Slot.Zero)
        {
            return;
        }

        var log = node.Replica.Acceptor.Log;
        for (var slot = Slot.Max(seen, Slot.Max(machine.BaseSlot, log.TruncatedTo)).Next; slot <= applied; slot = slot.Next)
        {
            var entry = log[slot] ?? node.Disk.Find(slot);
            SimFailure.Require(entry is not null, "log", $"node {node.Index} applied slot {slot} and does not hold it");
            CheckSlot(node, entry!);
        }

        _seen[node.Index] = applied;
        SimFailure.Require(applied <= Applied, "applied prefix", $"node {node.Index} is at {applied}, beyond all others");
        var expected = _slots[(int)applied.Value];
        SimFailure.Require(machine.ChainHash == expected.ChainHash, "chain hash", $"node {node.Index} differs after slot {applied}");
        SimFailure.Require(
            machine.Current.Revision.Value == expected.Revision, "revision", $"node {node.Index} is at {machine.Current.Revision}");
        SimFailure.Require(
            node.Replica.Voters!.Equals(Configuration(applied.Next)),
            "configuration", $"node {node.Index} has {node.Replica.Voters} for slot {applied.Next}, not {Configuration(applied.Next)}");
        _kept.Require(node, machine);
    }

    private void CheckSlot(SimNode node, AcceptedEntry entry)
    {
        if (entry.Slot > Applied)
        {
            First(node, entry);
            return;
        }

        SimFailure.Require(
            _slots[(int)entry.Slot.Value].Batch.AsSpan().SequenceEqual(entry.Batch),
            "one batch per slot", $"node {node.Index} applied another batch in slot {entry.Slot}");
    }

    /// <summary>Nobody applied this slot before: it must be decided.</summary>
    private void First(SimNode node, AcceptedEntry entry)
    {
        var configuration = Configuration(entry.Slot);
        SimFailure.Require(
            _votes.IsDecided(entry, configuration),
            "decided", $"node {node.Index} applied slot {entry.Slot} without a majority of {configuration} behind it");
        var outcomes = _machine.Apply(entry.Slot, entry.Batch);
        _machine.ForgetBelow(entry.Slot);
        Model.Apply(entry.Slot, entry.Batch, outcomes);
        _kept.Apply(entry.Slot, entry.Batch, outcomes);
        SimFailure.Require(_machine.Current.Revision.Value == Model.Revision, "state machine", $"revision after {entry.Slot}");
        _slots.Add(new(entry.Batch, _machine.ChainHash, Model.Revision, entry.Slot));
        if (_configurations.FindIndex(change => change.From == entry.Slot) is var replaced and > 0)
        {
            VotersReplaced?.Invoke(_configurations[replaced - 1].Configuration);
        }

        var voters = Model.Voters();
        if (voters is not null && !voters.Equals(_configurations[^1].Configuration))
        {
            _configurations.Add(new(entry.Slot + _world.Options.Alpha, voters));
            _world.Trace.Add("voters", node.Index, detail: voters.ToString());
        }
    }

    private sealed record AppliedSlot(byte[] Batch, ulong ChainHash, long Revision, Slot Slot);
}
