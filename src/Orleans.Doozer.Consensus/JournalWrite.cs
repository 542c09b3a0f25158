namespace Orleans.Doozer.Consensus;

/// <summary>
/// Something that must be on disk before what depends on it leaves the node. Writes keep their order; a journal that cannot finish
/// one must stop the node, never skip it.
/// </summary>
public abstract record JournalWrite;

/// <summary>The acceptor promised a ballot.</summary>
public sealed record PromiseWrite(Ballot Promised) : JournalWrite;

/// <summary>The acceptor accepted (or learned as decided) a batch in a slot; replaces what the slot held.</summary>
public sealed record AcceptWrite(AcceptedEntry Entry) : JournalWrite;

/// <summary>Every slot up to <paramref name="DecidedTo"/> holds its decided batch. Waits for no sync of its own: after a crash a
/// lower mark only means that the end of the log is learned again.</summary>
public sealed record DecidedWrite(Slot DecidedTo) : JournalWrite;

/// <summary>The slots up to <paramref name="TruncatedTo"/> are covered by the base snapshot and are removed from the log.</summary>
public sealed record TruncateWrite(Slot TruncatedTo) : JournalWrite;

/// <summary>What an acceptor holds in a slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Ballot">The ballot it was accepted under.</param>
/// <param name="Batch">The encoded batch of commands; empty for a batch without commands. Nobody changes the bytes.</param>
[GenerateSerializer, Immutable, Alias("doozer.AcceptedEntry")]
public sealed record AcceptedEntry([property: Id(0)] Slot Slot, [property: Id(1)] Ballot Ballot, [property: Id(2)] byte[] Batch);

/// <summary>What a journal knows of one store: the acceptor's durable state and how much of it is known to be decided.</summary>
/// <param name="Promised">No ballot below it may be accepted.</param>
/// <param name="TruncatedTo">The slots up to here are gone from the log; the base snapshot covers them.</param>
/// <param name="DecidedTo">The entries up to here are decided.</param>
/// <param name="Entries">The log above <paramref name="TruncatedTo"/>, in order of slots; it may have holes.</param>
public sealed record PersistedState(Ballot Promised, Slot TruncatedTo, Slot DecidedTo, IReadOnlyList<AcceptedEntry> Entries)
{
    /// <summary>A store that was never written.</summary>
    public static PersistedState Empty { get; } = new(Ballot.Zero, Slot.Zero, Slot.Zero, []);
}
