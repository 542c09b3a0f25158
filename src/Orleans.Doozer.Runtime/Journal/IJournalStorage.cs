using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>Where <see cref="JournalWriter"/> writes. Only its thread calls; what throws has stopped the journal.</summary>
internal interface IJournalStorage : IDisposable
{
    /// <summary>Whether something is left that nobody needs: truncated log entries, replaced snapshots.</summary>
    bool HasCleaning { get; }

    /// <summary>Begins what <see cref="Commit"/> makes durable in one step.</summary>
    void Begin();

    /// <summary>Writes to a store's log or marks.</summary>
    void Write(string store, JournalWrite write);

    /// <summary>Writes a named record.</summary>
    void PutRecord(string name, byte[] value);

    /// <summary>Returns once everything since <see cref="Begin"/> is durable.</summary>
    void Commit();

    /// <summary>Nothing more is written, not even at closing: after an error nobody knows what the disk holds.</summary>
    void Abandon();

    /// <summary>A number for a new snapshot.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The store's snapshot covers a later slot.</exception>
    long NewGeneration(string store, Slot slot);

    /// <summary>Writes a piece of a snapshot that nobody sees yet.</summary>
    void WriteChunk(string store, long generation, int chunk, Slot slot, byte[] bytes);

    /// <summary>Makes a snapshot the store's.</summary>
    void SwitchSnapshot(string store, long generation, Slot slot, int chunks);

    /// <summary>Forgets a snapshot that was not finished.</summary>
    void DropSnapshot(string store, long generation);

    /// <summary>Removes a little of what nobody needs.</summary>
    void Clean();
}
