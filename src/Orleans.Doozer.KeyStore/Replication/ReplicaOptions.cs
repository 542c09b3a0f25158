using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>Settings of a replica.</summary>
public sealed record ReplicaOptions
{
    /// <summary>
    /// How many slots may be undecided at once, and how many slots after its decision a change of voters comes into force. All nodes
    /// of a cluster must use the same number, for ever: it decides which votes count.
    /// </summary>
    public long Alpha { get; init; } = 64;

    /// <summary>The times of the protocol.</summary>
    public ConsensusTimes Times { get; init; } = new();

    /// <summary>How the leader keeps the voters.</summary>
    public VoterOptions Voters { get; init; } = new();

    /// <summary>What the state machine keeps.</summary>
    public StateMachineOptions State { get; init; } = new();

    /// <summary>Bytes of commands after which a batch is full. Default 512 KiB; one larger command makes a batch of its own.</summary>
    public int BatchBytes { get; init; } = 512 * 1024;

    /// <summary>Commands after which a batch is full. Default 4096.</summary>
    public int BatchCommands { get; init; } = 4096;

    /// <summary>With this many batches undecided the leader waits for one of them, so that what arrives meanwhile shares the next
    /// batch. Up to there one begins beside others when it holds at least half as many commands. At one client it is never reached. Default 3.</summary>
    public int PipelinedBatches { get; init; } = 3;

    /// <summary>How many slots a candidate may be behind a voter that is to grant it a pre-vote. Default 1024.</summary>
    public long CandidateLagSlots { get; init; } = 1024;

    /// <summary>A new base snapshot is due when it would free this many slots of the log. Default 25,000.</summary>
    public long SnapshotSlots { get; init; } = 25_000;

    /// <summary>Or this many revisions, or as many as the store has files, whichever is more: so that a large store is not written
    /// again and again for a few changes. Default 25,000.</summary>
    public long SnapshotRevisions { get; init; } = 25_000;

    /// <summary>Or this many bytes of the log, or as many as the store holds, whichever is more: the log is on the disk.
    /// Default 64 MiB.</summary>
    public long SnapshotBytes { get; init; } = 64L << 20;

    /// <summary>So many bytes of applied batches stay in memory, for nodes that are a little behind; older ones are read from the journal
    /// when somebody fetches them. Default 16 MiB. May differ between nodes.</summary>
    public long LogMemoryBytes { get; init; } = 16L << 20;
}
