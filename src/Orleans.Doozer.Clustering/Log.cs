using Microsoft.Extensions.Logging;

namespace Orleans.Doozer.Clustering;

/// <summary>Every log line of the project.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Founded cluster {ClusterId} ('{ClusterName}'); the membership register listens at {Address}.")]
    public static partial void Founded(this ILogger logger, string clusterId, string clusterName, string address);

    [LoggerMessage(2, LogLevel.Information, "Joined the membership register of cluster {ClusterId} ('{ClusterName}') through {Address}.")]
    public static partial void Attached(this ILogger logger, string clusterId, string clusterName, string address);

    [LoggerMessage(3, LogLevel.Information,
        "Restarted in cluster {ClusterId} ('{ClusterName}'); the membership register listens at {Address}; its acceptors were at {Acceptors}.")]
    public static partial void Restarted(this ILogger logger, string clusterId, string clusterName, string address, string acceptors);

    [LoggerMessage(4, LogLevel.Warning, "Waiting to join: no node of a cluster answers at {Addresses}. {Problems}")]
    public static partial void WaitingToAttach(this ILogger logger, string addresses, string problems);

    [LoggerMessage(5, LogLevel.Warning, "Waiting for the membership table. {Reason}")]
    public static partial void WaitingForTable(this ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Critical, "The membership register broke an invariant and must not vote any more.")]
    public static partial void InvariantBroken(this ILogger logger, Exception exception);

    [LoggerMessage(7, LogLevel.Error, "The register's own acceptor could not vote.")]
    public static partial void VoteFailed(this ILogger logger, Exception exception);

    [LoggerMessage(8, LogLevel.Warning, "A connection to the membership register failed.")]
    public static partial void ConnectionFailed(this ILogger logger, Exception exception);

    [LoggerMessage(9, LogLevel.Debug, "A connection to the membership register ended: {Reason}")]
    public static partial void ConnectionClosed(this ILogger logger, string reason);

    [LoggerMessage(10, LogLevel.Warning, "The membership register could not accept a connection.")]
    public static partial void AcceptFailed(this ILogger logger, Exception exception);

    [LoggerMessage(11, LogLevel.Information, "Marked dead in the membership table: {Silos}; {Reason}.")]
    public static partial void Buried(this ILogger logger, string silos, string reason);

    [LoggerMessage(12, LogLevel.Warning, "Leaving without noting {Status} in the membership table; the others will find out. {Reason}")]
    public static partial void LeftUnnoted(this ILogger logger, string status, string reason);

    [LoggerMessage(13, LogLevel.Information, "This silo now keeps the membership register, with {Acceptors} in all.")]
    public static partial void KeepsRegister(this ILogger logger, int acceptors);

    [LoggerMessage(14, LogLevel.Warning, "Whether this silo should keep the membership register is looked at again in a moment. {Reason}")]
    public static partial void KeepingFailed(this ILogger logger, string reason);
}
