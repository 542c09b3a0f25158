using System.Globalization;

namespace Doozer.Cli.Wire;

/// <summary>Host and port of one doozerd.</summary>
internal readonly record struct ServerAddress(string Host, int Port)
{
    internal const int DefaultPort = 8046;

    private const int HostCharactersMax = 255;

    /// <summary>Accepts <c>host</c>, <c>host:port</c>, <c>[::1]:port</c>, <c>[::1]</c> and a bare <c>::1</c>.</summary>
    internal static bool TryParse(string text, out ServerAddress address)
    {
        address = default;
        string host;
        string? port = null;
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || (end + 1 < text.Length && text[end + 1] != ':'))
            {
                return false;
            }

            host = text[1..end];
            port = end + 1 < text.Length ? text[(end + 2)..] : null;
        }
        else
        {
            int first = text.IndexOf(':', StringComparison.Ordinal);
            bool isSplit = first >= 0 && first == text.LastIndexOf(':');
            host = isSplit ? text[..first] : text;
            port = isSplit ? text[(first + 1)..] : null;
        }

        int number = DefaultPort;
        bool isPort = port is null || (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number is > 0 and <= 65535);
        if (!isPort || host.Length is 0 or > HostCharactersMax || host.Any(IsBlank))
        {
            return false;
        }

        address = new ServerAddress(host, number);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static bool IsBlank(char character) => char.IsWhiteSpace(character) || char.IsControl(character);
}
