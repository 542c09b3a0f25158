using Microsoft.Extensions.Logging;

namespace Orleans.Doozer.Gateway.Connections;

/// <summary>What the gateway says. Secrets, values and paths are never in it.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(1, LogLevel.Debug, "Client {Connection} at {Remote} connected.")]
    public static partial void Connected(this ILogger logger, string connection, object? remote);

    [LoggerMessage(2, LogLevel.Debug, "Client {Connection} ended its connection.")]
    public static partial void Disconnected(this ILogger logger, string connection);

    [LoggerMessage(3, LogLevel.Warning, "Client {Connection} at {Remote} is disconnected: {Reason}.")]
    public static partial void Protested(this ILogger logger, string connection, object? remote, string reason);

    [LoggerMessage(4, LogLevel.Warning, "Client {Connection} at {Remote} does not read its answers and is disconnected: {Reason}.")]
    public static partial void TooSlow(this ILogger logger, string connection, object? remote, string reason);

    [LoggerMessage(5, LogLevel.Warning, "Client {Connection} at {Remote} sent a wrong secret ({Failures} of {Allowed}).")]
    public static partial void WrongSecret(this ILogger logger, string connection, object? remote, int failures, int allowed);

    [LoggerMessage(6, LogLevel.Error, "A request of client {Connection} with verb {Verb} failed in a way that is a fault of this program.")]
    public static partial void RequestFailed(this ILogger logger, Exception problem, string connection, int verb);

    [LoggerMessage(7, LogLevel.Error, "The connection of client {Connection} failed in a way that is a fault of this program.")]
    public static partial void ConnectionFailed(this ILogger logger, Exception problem, string connection);
}
