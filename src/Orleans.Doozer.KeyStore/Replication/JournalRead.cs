using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// An answer that its host has to complete, for a node that fetches slots whose batches are not in memory any more. It never leaves the node: the host reads
/// the decided entries from <paramref name="From"/> on in its journal, without holes, and sends <paramref name="Answer"/> with them.
/// </summary>
/// <remarks>Only entries up to the journal's own durable <see cref="DecidedWrite"/> count, read together with it: behind that the journal may still hold
/// a batch that lost, because the write of the decided one is under way. With none the answer goes without, and is asked for again.</remarks>
/// <param name="From">The first slot.</param>
/// <param name="To">The last, at most.</param>
/// <param name="MaxBytes">About how much; at least one entry.</param>
/// <param name="Answer">What to send, once the entries are in it.</param>
public sealed record JournalRead(Slot From, Slot To, int MaxBytes, Fetched Answer) : Message;
