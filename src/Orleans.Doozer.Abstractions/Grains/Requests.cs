namespace Orleans.Doozer.Grains;

/// <summary>
/// Names one write for ever, over all its retries: the store applies it at most once and answers each retry as it answered the first.
/// </summary>
/// <param name="Client">Random, one for each client instance.</param>
/// <param name="Sequence">Counts that client's writes.</param>
/// <param name="Since">A log position that had been reached before the first attempt, as told by any reply (<see
/// cref="WriteReply.Position"/>). The store remembers requests for a bounded stretch of its log; a retry from before that stretch is
/// answered with <see cref="DoozerErrorCode.OutcomeUnknown"/> instead of being applied a second time.</param>
[GenerateSerializer, Immutable, Alias("doozer.RequestId")]
public readonly record struct RequestId([property: Id(0)] Guid Client, [property: Id(1)] long Sequence, [property: Id(2)] long Since);

/// <summary>The kind of a write.</summary>
public enum WriteKind
{
    /// <summary>Takes a revision only.</summary>
    Nop = 0,

    /// <summary>Writes a file.</summary>
    Set = 1,

    /// <summary>Deletes a file.</summary>
    Delete = 2,
}

/// <summary>A write: from a client to the front door, which validates, batches, finds the leader and retries.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("doozer.WriteRequest")]
public sealed record WriteRequest(
    [property: Id(0)] RequestId Id,
    [property: Id(1)] WriteKind Kind,
    [property: Id(2)] string Path,
    [property: Id(3)] ReadOnlyMemory<byte> Value,
    [property: Id(4)] Revision Expected);

/// <summary>What became of a write.</summary>
/// <param name="Error"><see cref="DoozerErrorCode.None"/> when it was applied.</param>
/// <param name="Detail">A sentence for the error, where there is one.</param>
/// <param name="Revision">The revision of the change; when refused, the store's revision.</param>
/// <param name="Position">The log position, for <see cref="RequestId.Since"/>.</param>
/// <param name="AtLeader">Whether the front door's node led the store and proposed the write itself. A hint: the next write may go there and
/// save a hop.</param>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("doozer.WriteReply")]
public sealed record WriteReply(
    [property: Id(0)] DoozerErrorCode Error,
    [property: Id(1)] string? Detail,
    [property: Id(2)] Revision Revision,
    [property: Id(3)] long Position,
    [property: Id(4)] bool AtLeader = false);

/// <summary>A read of one path: its content, its stat, or a page of its names.</summary>
/// <param name="Path">The path.</param>
/// <param name="Read">How current.</param>
/// <param name="After">For lists: only names after this one, in byte order; null from the first.</param>
/// <param name="Limit">For lists: how many names at most.</param>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("doozer.ReadRequest")]
public sealed record ReadRequest(
    [property: Id(0)] string Path,
    [property: Id(1)] DoozerRead Read,
    [property: Id(2)] string? After = null,
    [property: Id(3)] int Limit = 0);

/// <summary>The common part of all replies to reads.</summary>
/// <param name="Error">Why it was refused, or none.</param>
/// <param name="Detail">A sentence for the error, where there is one.</param>
/// <param name="Revision">The revision of the store that was read.</param>
/// <param name="Position">The log position, for <see cref="RequestId.Since"/>.</param>
[GenerateSerializer, Immutable, Alias("doozer.ReadStatus")]
public readonly record struct ReadStatus(
    [property: Id(0)] DoozerErrorCode Error,
    [property: Id(1)] string? Detail,
    [property: Id(2)] Revision Revision,
    [property: Id(3)] long Position);

/// <summary>A file; null when there is none.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("doozer.GetReply")]
public sealed record GetReply([property: Id(0)] ReadStatus Status, [property: Id(1)] DoozerEntry? Entry);

/// <summary>What is at a path.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("doozer.StatReply")]
public sealed record StatReply([property: Id(0)] ReadStatus Status, [property: Id(1)] DoozerStat Stat);

/// <summary>A page of names; <paramref name="More"/> when there are others after the last.</summary>
[GenerateSerializer, Immutable, Alias("doozer.ListReply")]
public sealed record ListReply(
    [property: Id(0)] ReadStatus Status, [property: Id(1)] string[] Names, [property: Id(2)] bool More);

/// <summary>A walk over the files that match a glob.</summary>
/// <param name="Glob">The pattern.</param>
/// <param name="Read">How current.</param>
/// <param name="After">Only files after this one in walking order; null from the first.</param>
/// <param name="Limit">How many files at most; the front door also bounds the bytes.</param>
[GenerateSerializer, Immutable, Alias("doozer.WalkRequest")]
public sealed record WalkRequest(
    [property: Id(0)] string Glob, [property: Id(1)] DoozerRead Read, [property: Id(2)] string? After, [property: Id(3)] int Limit);

/// <summary>A page of files; <paramref name="More"/> when there are others after the last.</summary>
[GenerateSerializer, Immutable, Alias("doozer.WalkReply")]
public sealed record WalkReply(
    [property: Id(0)] ReadStatus Status, [property: Id(1)] DoozerEntry[] Entries, [property: Id(2)] bool More);

/// <summary>Which node the front door stands on, and the nodes it knows: where a client opens its watches.</summary>
[GenerateSerializer, Immutable, Alias("doozer.RouteReply")]
public sealed record RouteReply(
    [property: Id(0)] string Node, [property: Id(1)] string[] Nodes, [property: Id(2)] ReadStatus Status);

/// <summary>Asks for the changes to files that match, from a revision on. It holds nothing at the server: the revision is the cursor,
/// so any node can continue it.</summary>
/// <param name="Glob">The pattern; all it can match lies below the grain's directory.</param>
/// <param name="From">The first revision of interest; 0 or less is 1.</param>
/// <param name="MaxWait">How long to wait when there is nothing yet; the reply is then empty and carries progress.</param>
/// <param name="Limit">How many events at most.</param>
[GenerateSerializer, Immutable, Alias("doozer.WatchRequest")]
public sealed record WatchRequest(
    [property: Id(0)] string Glob, [property: Id(1)] Revision From, [property: Id(2)] TimeSpan MaxWait, [property: Id(3)] int Limit);

/// <summary>Changes in order, none missing between <see cref="WatchRequest.From"/> and <paramref name="Next"/>.</summary>
/// <param name="Status">Too late when history is gone.</param>
/// <param name="Events">The matching changes; empty when none came in time.</param>
/// <param name="Next">Where to go on: everything before it has been told (a bookmark).</param>
[GenerateSerializer, Immutable, Alias("doozer.WatchReply")]
public sealed record WatchReply(
    [property: Id(0)] ReadStatus Status, [property: Id(1)] DoozerEvent[] Events, [property: Id(2)] Revision Next);
