namespace Orleans.Doozer.Runtime.Journal;

/// <summary>The journal's constants, and where tests look inside.</summary>
internal sealed record JournalOptions
{
    public static JournalOptions Default { get; } = new();

    /// <summary>How long writes for which nobody waits may stay in memory when nothing else is committed.</summary>
    public TimeSpan LazyFlush { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A commit that takes longer is worth a warning.</summary>
    public TimeSpan SlowSync { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The rows of a truncated log that one commit removes: about 1 ms, so that votes hardly wait.</summary>
    public int TruncateRows { get; init; } = 1_000;

    /// <summary>The chunks of a replaced snapshot that one commit removes.</summary>
    public int SnapshotRows { get; init; } = 4;

    /// <summary>Pages of the WAL after which SQLite copies them into the database file; 0 is never (tests that copy files).</summary>
    public int CheckpointPages { get; init; } = 1_000;

    /// <summary>The most pages the database may have; 0 is no limit (tests of a full disk).</summary>
    public int MaxPages { get; init; }

    /// <summary>Called on the journal's thread with the time that each sync took; it must be short.</summary>
    public Action<TimeSpan>? Synced { get; init; }

    /// <summary>Called on the journal's thread at each step: the moments at which a test lets the machine "crash".</summary>
    public Action<JournalStep>? Probe { get; init; }
}

/// <summary>The moments of the writer thread.</summary>
internal enum JournalStep
{
    /// <summary>The votes of a batch are written, not yet committed.</summary>
    BeforeCommit,

    /// <summary>The votes of a batch are committed, nobody knows it yet.</summary>
    AfterCommit,

    /// <summary>A piece of a snapshot is written, not yet committed.</summary>
    BeforeStepCommit,

    /// <summary>A piece of a snapshot is committed.</summary>
    AfterStepCommit,

    /// <summary>Some of what nobody needs any more is removed and committed.</summary>
    AfterClean,
}
