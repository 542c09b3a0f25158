using System.CommandLine;
using System.Net.Sockets;

namespace Doozer.Silo.Web;

/// <summary>The options of the web view.</summary>
internal static class WebCommandLine
{
    private const string Off = "false";
    private const string Default = "127.0.0.1:8000";
    private const int DefaultPort = 8000;

    public static readonly Option<string> Web = new("-w", "--web")
    {
        Description = "Address of the web view, or false for none. [DOOZER_WEB, default 127.0.0.1:8000]",
        HelpName = "host:port|false",
    };

    public static readonly Option<bool> Remote = new("--web-remote")
    {
        Description = "Lets other machines read the web view without signing in; otherwise only this machine does. With DOOZER_ROSECRET "
            + "everybody signs in. [DOOZER_WEB_REMOTE]",
    };

    public static readonly Option<string[]> Host = new("--web-host")
    {
        Description = "A name under which browsers may ask for the web view, beside addresses, localhost and the machine's own; may be "
            + "repeated. [DOOZER_WEB_HOST, separated by commas]",
        HelpName = "name",
    };

    /// <summary>What is said; null for no web view.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="configuration">What stands behind it.</param>
    /// <param name="nodeName">The host of <c>-l</c>, another name for the page.</param>
    /// <exception cref="SettingsException">Something is wrong.</exception>
    public static WebSettings? Read(ParseResult result, IConfiguration configuration, string nodeName)
    {
        var given = result.GetValue(Web) ?? configuration["WEB"];
        if (Off.Equals(given, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var name = HostAddress.Parse("-w", given ?? Default, DefaultPort);
        try
        {
            return new WebSettings(
                name, name.Resolve(), given is null, ReadRemote(result, configuration), [nodeName, name.Host, .. ReadHosts(result, configuration)]);
        }
        catch (SocketException exception)
        {
            throw new SettingsException($"-w: the host '{name.Host}' cannot be resolved: {exception.Message}");
        }
    }

    private static bool ReadRemote(ParseResult result, IConfiguration configuration)
    {
        if (result.GetValue(Remote))
        {
            return true;
        }

        return configuration["WEB_REMOTE"] is { Length: > 0 } text
            && (bool.TryParse(text, out var remote) ? remote : throw new SettingsException($"DOOZER_WEB_REMOTE: '{text}' is neither true nor false"));
    }

    private static string[] ReadHosts(ParseResult result, IConfiguration configuration)
    {
        var hosts = result.GetValue(Host) is { Length: > 0 } given
            ? given
            : configuration["WEB_HOST"]?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return Array.Find(hosts, host => Uri.CheckHostName(host) == UriHostNameType.Unknown) is { } bad
            ? throw new SettingsException($"--web-host: '{bad}' is no host name; write it without http:// and without a port")
            : hosts;
    }
}
