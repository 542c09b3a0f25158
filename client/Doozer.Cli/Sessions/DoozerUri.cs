using Doozer.Cli.Wire;

namespace Doozer.Cli.Sessions;

/// <summary>A <c>doozer:?</c> URI: where a cluster is, what it is called, and the key to it.</summary>
internal sealed record DoozerUri(IReadOnlyList<ServerAddress> Addresses, string? ClusterName, string? SecretKey)
{
    internal const string Default = "doozer:?ca=127.0.0.1:8046";

    private const string Prefix = "doozer:?";

    /// <summary>Parses the URI or says in one line what is wrong with it. Parameters it does not know are ignored.</summary>
    internal static DoozerUri Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw new UsageException($"bad URI \"{text}\": it must start with {Prefix}, for example {Default}");
        }

        var addresses = new List<ServerAddress>();
        string? clusterName = null;
        string? secretKey = null;
        foreach (string parameter in text[Prefix.Length..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            string name = Decode(equals < 0 ? parameter : parameter[..equals]);
            string value = equals < 0 ? "" : Decode(parameter[(equals + 1)..]);
            switch (name)
            {
                case "ca":
                    addresses.Add(ParseAddress(value));
                    break;
                case "cn":
                    clusterName ??= value;
                    break;
                case "sk":
                    secretKey ??= value;
                    break;
            }
        }

        return addresses.Count > 0 || !string.IsNullOrEmpty(clusterName)
            ? new DoozerUri(addresses, string.IsNullOrEmpty(clusterName) ? null : clusterName, secretKey)
            : throw new UsageException("bad URI: it names no server with ca= and no cluster with cn=");
    }

    private static ServerAddress ParseAddress(string value) =>
        ServerAddress.TryParse(value, out ServerAddress address)
            ? address
            : throw new UsageException($"bad URI: ca=\"{value}\" is no host or host:port");

    // The message leaves the text out: it may hold part of the secret key.
    private static string Decode(string text)
    {
        for (int index = text.IndexOf('%', StringComparison.Ordinal); index >= 0; index = text.IndexOf('%', index + 1))
        {
            if (index + 2 >= text.Length || !char.IsAsciiHexDigit(text[index + 1]) || !char.IsAsciiHexDigit(text[index + 2]))
            {
                throw new UsageException("bad URI: a '%' must be followed by two hexadecimal digits");
            }
        }

        return Uri.UnescapeDataString(text.Replace('+', ' '));
    }
}
