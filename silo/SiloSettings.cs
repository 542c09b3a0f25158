using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Doozer.Silo;

/// <summary>What the command line, the environment and appsettings say, checked and complete.</summary>
/// <param name="Listen">Where Doozer's clients connect, and how the node is known.</param>
/// <param name="ListenText">The same as it was written.</param>
/// <param name="Attach">Doozer addresses of nodes of the cluster to join; empty to found one.</param>
/// <param name="ClusterName">The cluster's name.</param>
/// <param name="DataDirectory">Where the node keeps its state; null to keep nothing.</param>
/// <param name="History">Revisions that stay readable.</param>
/// <param name="Pulse">How often the node tells how far it is.</param>
/// <param name="Voters">Up to how many nodes vote.</param>
/// <param name="VoterTimeout">After how long a silence a node loses its vote.</param>
/// <param name="Zone">The zone the node is in; null when it tells none.</param>
/// <param name="SiloPort">Where the other silos connect.</param>
/// <param name="GatewayPort">Where Orleans clients connect.</param>
/// <param name="RegisterPort">Where the membership register listens.</param>
/// <param name="TlsCertificate">The certificate file for Doozer's clients; null for none.</param>
/// <param name="TlsKey">Its key file.</param>
/// <param name="Notices">What the operator should know about options that have no effect.</param>
internal sealed record SiloSettings(
    IPEndPoint Listen,
    string ListenText,
    IReadOnlyList<string> Attach,
    string ClusterName,
    string? DataDirectory,
    int History,
    TimeSpan Pulse,
    int Voters,
    TimeSpan VoterTimeout,
    string? Zone,
    int SiloPort,
    int GatewayPort,
    int RegisterPort,
    string? TlsCertificate,
    string? TlsKey,
    IReadOnlyList<string> Notices)
{
    public const int SiloOffset = 10_000;
    public const int GatewayOffset = 20_000;

    // Below Linux's ephemeral ports for the usual -l, so that no outgoing connection sits on it.
    public const int RegisterOffset = 15_000;

    /// <summary>Where the membership register of a node listens, given the node's Doozer address.</summary>
    public static string RegisterAddressOf(IPEndPoint doozer) =>
        new IPEndPoint(doozer.Address, doozer.Port + RegisterOffset).ToString();

    /// <summary>Reads <c>host:port</c>; the port is optional.</summary>
    /// <exception cref="SettingsException">It is no address, or the host has none.</exception>
    public static IPEndPoint ParseAddress(string option, string text, int defaultPort)
    {
        var colon = text.LastIndexOf(':');
        var hasPort = colon >= 0 && !text.EndsWith(']') && text.IndexOf(':') == colon || text.Contains("]:", StringComparison.Ordinal);
        var host = (hasPort ? text[..colon] : text).Trim('[', ']');
        var port = defaultPort;
        if (hasPort && (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
        {
            throw new SettingsException($"{option}: '{text}' has no port between 1 and 65535 after the colon; write host:port");
        }

        if (host.Length == 0)
        {
            throw new SettingsException($"{option}: '{text}' has no host; write host:port, for example 127.0.0.1:8046");
        }

        return new IPEndPoint(Resolve(option, host), port);
    }

    private static IPAddress Resolve(string option, string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return address;
        }

        try
        {
            var addresses = Dns.GetHostAddresses(host);
            return Array.Find(addresses, found => found.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new SettingsException($"{option}: the host '{host}' cannot be resolved: {exception.Message}");
        }
    }
}

/// <summary>A mistake of the operator, said in one line.</summary>
internal sealed class SettingsException(string message) : Exception(message);
