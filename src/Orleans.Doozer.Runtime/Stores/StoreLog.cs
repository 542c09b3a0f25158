using Microsoft.Extensions.Logging;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Stores;

internal static partial class StoreLog
{
    [LoggerMessage(1, LogLevel.Information, "Store {Store}: the leader is {Leader}, ballot {Ballot}")]
    public static partial void LeaderChanged(ILogger logger, string store, NodeId leader, Ballot ballot);

    [LoggerMessage(2, LogLevel.Critical, "Store {Store}: this node has stopped voting and serving: {Reason}")]
    public static partial void Faulted(ILogger logger, Exception exception, string store, string reason);

    [LoggerMessage(3, LogLevel.Debug, "Store {Store}: a message to or from {Node} was lost: {Reason}")]
    public static partial void MessageLost(ILogger logger, string store, NodeId node, string reason);

    [LoggerMessage(4, LogLevel.Information, "Store {Store}: founded cluster {Cluster}, node {Node} is its first voter")]
    public static partial void Founded(ILogger logger, string store, string? cluster, NodeId node);

    [LoggerMessage(5, LogLevel.Information, "Store {Store}: node {Node} continues at slot {Slot}, revision {Revision}")]
    public static partial void Continued(ILogger logger, string store, NodeId node, Slot slot, Revision revision);

    [LoggerMessage(6, LogLevel.Information, "Store {Store}: node {Node} has no state yet; it looks for a node to copy it from")]
    public static partial void Joining(ILogger logger, string store, NodeId node);

    [LoggerMessage(7, LogLevel.Information, "Store {Store}: copying the state from {Node}")]
    public static partial void SnapshotFetching(ILogger logger, string store, NodeId node);

    [LoggerMessage(8, LogLevel.Information, "Store {Store}: copied the state as of slot {Slot}, {Bytes} bytes")]
    public static partial void SnapshotInstalled(ILogger logger, string store, Slot slot, long bytes);

    [LoggerMessage(9, LogLevel.Warning, "Store {Store}: copying the state failed and will be tried again: {Reason}")]
    public static partial void SnapshotFailed(ILogger logger, string store, string reason);

    [LoggerMessage(10, LogLevel.Information, "Store {Store}: saved the base snapshot of slot {Slot}")]
    public static partial void SnapshotSaved(ILogger logger, string store, Slot slot);

    [LoggerMessage(11, LogLevel.Information, "Store {Store}: the voters are {Voters}")]
    public static partial void VotersChanged(ILogger logger, string store, VotingConfiguration? voters);

    [LoggerMessage(12, LogLevel.Debug, "Store {Store}: the node's own entries could not be written and will be again: {Reason}")]
    public static partial void RegistrationFailed(ILogger logger, string store, string reason);
}
