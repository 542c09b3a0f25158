using System.Globalization;
using System.Net;

namespace Orleans.Doozer.Clustering;

/// <summary>Addresses of register listeners: <c>host:port</c>, with brackets around an IPv6 host.</summary>
public static class RegisterAddress
{
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

    /// <summary>The addresses of a URI <c>doozer:?ca=host:port&amp;ca=host:port</c>.</summary>
    /// <exception cref="FormatException">It is no such URI; the message is a sentence for its writer.</exception>
    public static IReadOnlyList<string> ParseUri(string uri)
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
                addresses.Add(TryParse(address, out _, out _)
                    ? address
                    : throw new FormatException($"'{address}' in '{uri}' is no address: write host:port."));
            }
        }

        return addresses.Count > 0 ? addresses : throw new FormatException($"'{uri}' names no address: write doozer:?ca=host:port.");
    }
}
