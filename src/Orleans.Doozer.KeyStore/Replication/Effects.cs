using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// What a step of the replica asks its host to do. The contract: writes keep their order, and a message or reply that says so (its
/// <c>RestsOnDisk</c>) leaves only when all writes so far, of this and of earlier steps, are durable. Other messages and the
/// completions need not wait: what they say was made durable by a majority, or promises nothing. A host that cannot finish a write must
/// stop the node, never skip it.
/// </summary>
public sealed class Effects
{
    /// <summary>For the journal, in order.</summary>
    public List<JournalWrite> Writes { get; } = [];

    /// <summary>For other nodes, or for this one itself (its own acceptor answers like any other).</summary>
    public List<Outgoing> Messages { get; } = [];

    /// <summary>Commands whose fate is now known here.</summary>
    public List<CommandCompletion> Completions { get; } = [];

    /// <summary>Readers that may now read <see cref="StateMachine.Current"/>.</summary>
    public List<long> Reads { get; } = [];

    /// <summary>Whom to fetch a snapshot from, because the log this node needs is gone there; null when it needs none.</summary>
    public NodeId? SnapshotFrom { get; set; }

    /// <summary>The slot whose state should become the base snapshot on disk now; null when none is due.</summary>
    public Slot? SnapshotDue { get; set; }

    /// <summary>Whether slots were applied, so that watchers may have something to read.</summary>
    public bool Applied { get; set; }

    /// <summary>When to call <see cref="Replica.Tick"/> even if nothing comes in; null when its usual time will do.</summary>
    public long? WakeAtMs { get; set; }

    /// <summary>Empties it for the next step.</summary>
    public void Clear()
    {
        Writes.Clear();
        Messages.Clear();
        Completions.Clear();
        Reads.Clear();
        SnapshotFrom = null;
        SnapshotDue = null;
        Applied = false;
        WakeAtMs = null;
    }
}

/// <summary>What became of a command.</summary>
public enum CommandFate
{
    /// <summary>It was decided and applied; the outcome says with what result.</summary>
    Applied,

    /// <summary>It was never proposed: another node leads, or none. It may be tried again freely.</summary>
    NotProposed,

    /// <summary>It was proposed, and this node lost the lead before it was decided. It may still be decided, or not.</summary>
    Unknown,
}

/// <summary>The fate of one command.</summary>
/// <param name="Token">The number under which the host handed it in.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Outcome">Its result, when applied.</param>
/// <param name="Slot">The slot it was decided in, when applied.</param>
public readonly record struct CommandCompletion(long Token, CommandFate Fate, CommandOutcome Outcome, Slot Slot);
