using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>
/// The durable memory of a node: the votes, logs and base snapshots of all its stores. One writer; writes become durable in the order
/// in which they were appended, several with one sync. After an error nothing more is written and every completion fails: the node
/// stops, it never guesses.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>What is known of a store; empty for one that was never written. Called once for each store, before its first write.</summary>
    /// <exception cref="JournalException">A record is damaged; the message names it and the remedy.</exception>
    PersistedState Load(string store);

    /// <summary>Decided entries of a store's log, in order and without holes, as of one moment: only what is durable together with the
    /// <see cref="DecidedWrite"/> that covers it. Reads the disk.</summary>
    /// <param name="store">Whose.</param>
    /// <param name="from">The first slot.</param>
    /// <param name="to">The last, at most.</param>
    /// <param name="maxBytes">About how much; at least one entry, if there is one.</param>
    /// <returns>Nothing when slot <paramref name="from"/> is truncated, or not known to be decided yet.</returns>
    /// <exception cref="JournalException">A record is damaged.</exception>
    IReadOnlyList<AcceptedEntry> ReadDecided(string store, Slot from, Slot to, int maxBytes);

    /// <summary>Queues writes. Never blocks on the disk.</summary>
    /// <param name="store">Whose.</param>
    /// <param name="writes">In order.</param>
    /// <param name="completed">Called once on the journal's thread when all are durable (null) or with the error that stopped the
    /// journal; null when nobody waits, and then the writes ask for no sync of their own. It must be short.</param>
    void Append(string store, IReadOnlyList<JournalWrite> writes, Action<JournalException?>? completed);

    /// <summary>The chunks of a store's base snapshot with the slot it covers; null when there is none. Read lazily, in order.</summary>
    /// <exception cref="JournalException">A chunk is damaged.</exception>
    (Slot Slot, IEnumerable<byte[]> Chunks)? LoadSnapshot(string store);

    /// <summary>Replaces a store's base snapshot in one step: after a crash either the old or the new one is whole. The chunks are
    /// enumerated on the journal's side and off its writer's path, so a large snapshot does not delay votes.</summary>
    Task SaveSnapshotAsync(string store, Slot slot, IEnumerable<byte[]> chunks, CancellationToken cancellationToken);

    /// <summary>Reads a small named record; null when it was never written.</summary>
    byte[]? GetRecord(string name);

    /// <summary>Writes a small named record; completes when it is durable.</summary>
    Task PutRecordAsync(string name, byte[] value, CancellationToken cancellationToken);
}

/// <summary>The journal cannot read or write. The message says what and the remedy; the node stops.</summary>
public sealed class JournalException : Exception
{
    /// <summary>Makes the error.</summary>
    public JournalException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
