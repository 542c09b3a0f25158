using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>Which revision must be the oldest one kept after each slot: a function of the log, wherever a node has its state from.
/// </summary>
internal sealed class KeptHistory
{
    private readonly StateMachineOptions _options;
    private readonly long _genesis;
    private readonly List<Revised> _revisions = [];
    private readonly List<Oldest> _oldest = [];
    private long _bytes;

    public KeptHistory(StateMachineOptions options, long genesis)
    {
        (_options, _genesis) = (options, genesis);
        _oldest.Add(new(genesis + 1, Slot.Zero));
    }

    private long Head => _genesis + _revisions.Count;

    /// <summary>The next slot was decided.</summary>
    public void Apply(Slot slot, byte[] batch, IReadOnlyList<CommandOutcome> outcomes)
    {
        var commands = BatchCodec.Decode(batch);
        for (var i = 0; i < commands.Count; i++)
        {
            _bytes += commands[i].Length;
            if (outcomes[i] is { Error: DoozerErrorCode.None, Duplicate: false })
            {
                _revisions.Add(new(slot, _bytes));
            }
        }

        var oldest = _oldest[^1].Revision;
        while (oldest <= Head && (Head - oldest >= _options.History || _bytes - Find(oldest).Bytes > _options.HistoryBytes))
        {
            oldest++;
        }

        _oldest.Add(new(oldest, oldest <= Head ? Find(oldest).Slot : slot));
    }

    /// <summary>"Too late" begins exactly there, also after a restart, unless the log that a restart replays had too many slots. A node
    /// that lags may have its state from one that had let go of more already.</summary>
    public void Require(SimNode node, StateMachine machine)
    {
        var kept = machine.History.Oldest.Value;
        var (least, most) = (_oldest[(int)machine.Applied.Value], _oldest[^1]);
        var tooManySlots = _oldest.Count - most.Slot.Value + _options.WholeStateRevisions > _options.LogSlots;
        SimFailure.Require(
            kept <= most.Revision || tooManySlots,
            "kept history", $"node {node.Index} begins at {kept}, not {most.Revision}, after slot {machine.Applied}");

        // Before its first restart, a node of the first hour also has the revisions of genesis.
        SimFailure.Require(
            kept >= least.Revision || least.Revision == _genesis + 1,
            "kept history", $"node {node.Index} still has {kept}, not only {least.Revision}, after slot {machine.Applied}");
    }

    private Revised Find(long revision) => _revisions[(int)(revision - _genesis - 1)];

    private readonly record struct Revised(Slot Slot, long Bytes);

    private readonly record struct Oldest(long Revision, Slot Slot);
}
