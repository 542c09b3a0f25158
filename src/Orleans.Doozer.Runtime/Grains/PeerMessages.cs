using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Runtime.Grains;

/// <summary>Who speaks, and in which cluster. A message of another cluster is refused: two clusters that were mixed up must not vote
/// for each other.</summary>
/// <param name="ClusterId">The sender's cluster; null for a node that has yet to join one.</param>
/// <param name="From">The sender.</param>
[GenerateSerializer, Immutable, Alias("doozer.Envelope")]
public readonly record struct Envelope([property: Id(0)] string? ClusterId, [property: Id(1)] NodeId From);

/// <summary>Commands on their way to the leader.</summary>
[GenerateSerializer, Immutable, Alias("doozer.ProposeRequest")]
public sealed record ProposeRequest([property: Id(0)] byte[][] Commands);

/// <summary>What became of the commands, in their order.</summary>
[GenerateSerializer, Immutable, Alias("doozer.ProposeReply")]
public sealed record ProposeReply([property: Id(0)] CommandResult[] Results);

/// <summary>What became of one command.</summary>
[GenerateSerializer, Immutable, Alias("doozer.CommandResult")]
public readonly record struct CommandResult(
    [property: Id(0)] CommandFate Fate,
    [property: Id(1)] DoozerErrorCode Error,
    [property: Id(2)] Revision Revision,
    [property: Id(3)] Slot Slot);

/// <summary>A part of a base snapshot.</summary>
/// <param name="ClusterId">The cluster it belongs to, for a node that joins.</param>
/// <param name="Slot">The slot it covers; a receiver that sees it change starts over.</param>
/// <param name="Bytes">The chunk; null after the last one.</param>
[GenerateSerializer, Immutable, Alias("doozer.SnapshotChunk")]
public sealed record SnapshotChunk(
    [property: Id(0)] string ClusterId, [property: Id(1)] Slot Slot, [property: Id(2)] byte[]? Bytes);
