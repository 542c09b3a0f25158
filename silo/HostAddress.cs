using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Doozer.Silo;

/// <summary>A host and a port as the operator wrote them. The name is kept, not what it once resolved to: a machine that comes back
/// with another IP address is found again by its name.</summary>
internal readonly record struct HostAddress(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>; the port is optional.</summary>
    /// <exception cref="SettingsException">It is no address.</exception>
    public static HostAddress Parse(string option, string text, int defaultPort)
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

        return Uri.CheckHostName(host) != UriHostNameType.Unknown
            ? new HostAddress(host, port)
            : throw new SettingsException($"{option}: '{text}' is no host and port; write host:port, for example 127.0.0.1:8046");
    }

    /// <summary>The same host at a port derived from this one.</summary>
    /// <exception cref="SettingsException">There is no such port.</exception>
    public HostAddress Plus(string option, int offset) => Port + offset <= 65535
        ? this with { Port = Port + offset }
        : throw new SettingsException(
            $"{option}: the port that follows from {this} would be {Port + offset}, beyond 65535; choose a port of at most {65535 - offset}");

    /// <summary>The address the host has now.</summary>
    /// <exception cref="SocketException">It has none.</exception>
    public IPEndPoint Resolve()
    {
        if (IPAddress.TryParse(Host, out var address))
        {
            return new IPEndPoint(address, Port);
        }

        var found = Dns.GetHostAddresses(Host);
        return found.Length > 0
            ? new IPEndPoint(Array.Find(found, one => one.AddressFamily == AddressFamily.InterNetwork) ?? found[0], Port)
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
