using System.Net.Sockets;

namespace Doozer.Cli.Wire;

/// <summary>Why one address could not be used.</summary>
internal sealed record ConnectFailure(ServerAddress Address, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Address} ({Reason})";

    internal static string Describe(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "host name not found",
        SocketError.HostUnreachable => "host unreachable",
        SocketError.NetworkUnreachable => "network unreachable",
        SocketError.TimedOut => "timed out",
        SocketError code => code.ToString(),
    };
}

/// <summary>None of the addresses could be used; nothing was sent.</summary>
internal sealed class CannotConnectException(IReadOnlyList<ConnectFailure> failures)
    : DoozerException($"cannot connect: tried {string.Join(", ", failures)}")
{
    internal IReadOnlyList<ConnectFailure> Failures { get; } = failures;
}
