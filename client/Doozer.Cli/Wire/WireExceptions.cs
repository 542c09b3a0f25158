namespace Doozer.Cli.Wire;

/// <summary>The connection broke. A request that was never sent is safe to send elsewhere; one that was sent is not.</summary>
internal sealed class ConnectionLostException(ServerAddress address, string reason, bool isSent)
    : Exception($"the connection to {address} broke: {reason}")
{
    /// <summary>The request may have reached the server.</summary>
    internal bool IsSent { get; } = isSent;

    /// <summary>The same loss, as a request sees it that came too late to be sent.</summary>
    internal ConnectionLostException BeforeSending() => new(address, reason, isSent: false);
}

/// <summary>The peer does not speak Doozer's protocol; asking again would not help.</summary>
internal sealed class WireProtocolException(ServerAddress address, string reason, bool isSent = true)
    : DoozerException($"{address} does not speak the doozer protocol: {reason}")
{
    /// <summary>The request may have reached the server.</summary>
    internal bool IsSent { get; } = isSent;

    /// <summary>The same failure, as a request sees it that came too late to be sent.</summary>
    internal WireProtocolException BeforeSending() => new(address, reason, isSent: false);
}
