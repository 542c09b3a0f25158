using System.Globalization;
using System.Net;

namespace Orleans.Doozer.Clustering;

/// <summary>Addresses of register listeners: <c>host:port</c>, with brackets around an IPv6 host.</summary>
public static class RegisterAddress
{
    /// <summary>A doozerd's register listens on its Doozer port plus this, unless it was told otherwise.</summary>
    public const int Offset = 15_000;

    private const int DoozerPort = 8046;

    /// <summary>Splits <paramref name="address"/>; false when it is none.</summary>
    public static bool TryParse(string? address, out string host, out int port)
    {
        host = "";
        port = 0;
        var colon = address?.LastIndexOf(':') ?? -1;
        if (colon < 1 || !int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            || port is < 1 or > IPEndPoint.MaxPort)
        {
            return false;
        }

        host = address![..colon].Trim('[', ']');
        return Uri.CheckHostName(host) != UriHostNameType.Unknown;
    }

    /// <summary>The text of an endpoint.</summary>
    public static string Format(IPEndPoint endpoint) => endpoint.ToString();

    /// <summary>The registers of the doozerd nodes that a URI names by their Doozer addresses, <c>doozer:?ca=host&amp;ca=host:8046</c>:
    /// the URI that <c>doozer</c> takes.</summary>
    /// <exception cref="FormatException">It is no such URI, or a port leaves no room; the message is a sentence for its writer.</exception>
    public static IReadOnlyList<string> OfNodes(string uri) => [.. ParseUri(uri, DoozerPort).Select(address =>
    {
        _ = TryParse(address, out var host, out var port);
        var register = port + Offset;
        return register <= IPEndPoint.MaxPort
            ? (host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:" : $"{host}:") + register.ToString(CultureInfo.InvariantCulture)
            : throw new FormatException($"'{address}' in '{uri}' has no register: port {port} + {Offset} is no port.");
    })];

    /// <summary>The addresses of a URI <c>doozer:?ca=host:port&amp;ca=host:port</c>.</summary>
    /// <exception cref="FormatException">It is no such URI; the message is a sentence for its writer.</exception>
    public static IReadOnlyList<string> ParseUri(string uri) => ParseUri(uri, null);

    private static List<string> ParseUri(string uri, int? defaultPort)
    {
        const string Scheme = "doozer:?";
        if (!uri.StartsWith(Scheme, StringComparison.Ordinal))
        {
            throw new FormatException($"'{uri}' is no cluster address: write doozer:?ca=host:port&ca=host:port.");
        }

        var addresses = new List<string>();
        foreach (var part in uri[Scheme.Length..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.StartsWith("ca=", StringComparison.Ordinal))
            {
                var address = Uri.UnescapeDataString(part[3..]);
                var complete = defaultPort is { } port && !TryParse(address, out _, out _) ? $"{address}:{port}" : address;
                addresses.Add(TryParse(complete, out _, out _)
                    ? complete
                    : throw new FormatException($"'{address}' in '{uri}' is no address: write host:port."));
            }
        }

        return addresses.Count > 0 ? addresses : throw new FormatException($"'{uri}' names no address: write doozer:?ca=host:port.");
    }
}
