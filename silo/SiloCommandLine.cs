using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Doozer.Cli;
using Doozer.Cli.Sessions;
using Doozer.Silo.Web;

namespace Doozer.Silo;

/// <summary>The options of doozerd. Each can also come from DOOZER_* variables or the section "Doozer" of appsettings.json; the command
/// line wins. Doozer's own spellings with one dash work unchanged.</summary>
internal static class SiloCommandLine
{
    private static readonly Option<string> Listen = new("-l", "--listen")
    {
        Description = "Address for Doozer clients; it is also how the node is known. [DOOZER_LISTEN, default 127.0.0.1:8046]",
        HelpName = "host:port",
    };

    private static readonly Option<string[]> Attach = new("-a", "--attach")
    {
        Description = "Doozer address of a node of the cluster to join; may be repeated. Without it a node with an empty data directory "
            + "founds a new cluster. [DOOZER_ATTACH, separated by commas]",
        HelpName = "host:port",
    };

    private static readonly Option<string> Boot = new("-b", "--boot")
    {
        Description = "Another Doozer in which the cluster is found by its name (-c), or made: of all nodes that start with the same name, "
            + "the first founds it and the others join. With -a the node joins there. [DOOZER_BOOT_URI]",
        HelpName = "uri",
    };

    private static readonly Option<string> Cluster = new("-c", "--cluster")
    {
        Description = "Name of the cluster, the same on all its nodes. [DOOZER_CLUSTER, default local]",
        HelpName = "name",
    };

    private static readonly Option<string> Data = new("-d", "--data")
    {
        Description = "Data directory: identity, votes, log. One node, one directory: never copy or share it. "
            + "[DOOZER_DATA, default ./doozerd-PORT]",
        HelpName = "directory",
    };

    private static readonly Option<bool> Memory = new("--memory")
    {
        Description = "Keep nothing on disk: the node is a new one after each start. [DOOZER_MEMORY]",
    };

    private static readonly Option<string> History = new("--history", "--hist", "-hist")
    {
        Description = "How many revisions stay readable and watchable, of at most 256 MiB of the log. [DOOZER_HISTORY, default 100000]",
        HelpName = "revisions",
    };

    private static readonly Option<string> Pulse = new("--pulse", "-pulse")
    {
        Description = "How often the node writes how far it is to /ctl/node/ID/applied; 0 is never. [DOOZER_PULSE, default 1]",
        HelpName = "seconds",
    };

    private static readonly Option<string> Timeout = new("--timeout", "-timeout")
    {
        Description = "After how long a silence a node loses its vote to another one; 0 is never. The same on all nodes. "
            + "[DOOZER_TIMEOUT, default 60]",
        HelpName = "seconds",
    };

    private static readonly Option<string> Voters = new("--voters")
    {
        Description = "Up to how many nodes vote, an odd number; the others follow. With 0 only the operator changes the voters. The same on "
            + "all nodes. [DOOZER_VOTERS, default 3]",
        HelpName = "count",
    };

    private static readonly Option<string> Zone = new("--zone")
    {
        Description = "The zone this node is in, as a rack or a data centre: votes go to different zones first. [DOOZER_ZONE]",
        HelpName = "name",
    };

    private static readonly Option<string> Fill = new("--fill", "-fill")
    {
        Description = "Accepted for Doozer's scripts; has no effect: a leader leaves no slots to fill.",
        HelpName = "seconds",
    };

    private static readonly Option<string> TlsCertificate = new("--tlscert", "-tlscert")
    {
        Description = "PEM certificate for Doozer clients; needs --tlskey. [DOOZER_TLSCERT]",
        HelpName = "file",
    };

    private static readonly Option<string> TlsKey = new("--tlskey", "-tlskey")
    {
        Description = "PEM key for --tlscert. [DOOZER_TLSKEY]",
        HelpName = "file",
    };

    private static readonly Option<string> SiloPort = new("--silo-port")
    {
        Description = "Port for the other silos. [DOOZER_SILO_PORT, default that of -l + 10000]",
        HelpName = "port",
    };

    private static readonly Option<string> GatewayPort = new("--gateway-port")
    {
        Description = "Port for Orleans clients. [DOOZER_GATEWAY_PORT, default that of -l + 20000]",
        HelpName = "port",
    };

    private static readonly Option<bool> Version = new("-v")
    {
        Description = "Print the version and exit.",
    };

    public static RootCommand Create()
    {
        var command = new RootCommand(
            "A consistent, highly-available store for small amounts of extremely important data.\n\n"
            + "Secrets are read from DOOZER_RWSECRET and DOOZER_ROSECRET. Exit status: 0 after a clean stop, 1 for wrong use or settings,\n"
            + "2 when the node had to stop (its disk failed, or a safety property was broken).");
        foreach (var builtIn in command.Options.Where(option => option is VersionOption).ToList())
        {
            command.Options.Remove(builtIn);
        }

        Option[] all =
        [
            Listen, WebCommandLine.Web, Attach, Boot, Cluster, Data, Memory, History, Pulse, Voters, Timeout, Zone, Fill, TlsCertificate, TlsKey, SiloPort, GatewayPort,
            WebCommandLine.Remote, WebCommandLine.Host, Version,
        ];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        return command;
    }

    public static bool WantsVersion(ParseResult result) => result.GetValue(Version);

    /// <summary>Checks everything that can be checked before anything starts.</summary>
    /// <exception cref="SettingsException">Something is wrong; the message says what and how to mend it.</exception>
    public static SiloSettings Read(ParseResult result, IConfiguration configuration)
    {
        string? Value(Option<string> option, string key) => result.GetValue(option) ?? configuration[key];
        var name = HostAddress.Parse("-l", Value(Listen, "LISTEN") ?? "127.0.0.1:8046", 8046);
        var listen = ResolveListen(name);
        var certificate = Value(TlsCertificate, "TLSCERT");
        var key = Value(TlsKey, "TLSKEY");
        if (certificate is null != key is null)
        {
            throw new SettingsException("--tlscert and --tlskey belong together: give both or none");
        }

        return new SiloSettings(
            listen,
            name,
            ReadAttach(result, configuration, name, listen),
            ReadBoot(Value(Boot, "BOOT_URI")),
            Value(Cluster, "CLUSTER") ?? "local",
            ReadData(result, configuration, listen),
            ReadHistory(Value(History, "HISTORY")),
            ReadSeconds("--pulse", Value(Pulse, "PULSE") ?? "1"),
            ReadVoters(Value(Voters, "VOTERS") ?? "3"),
            ReadTimeout(Value(Timeout, "TIMEOUT") ?? "60"),
            Value(Zone, "ZONE"),
            ReadPort("--silo-port", Value(SiloPort, "SILO_PORT"), listen.Port + SiloSettings.SiloOffset),
            ReadPort("--gateway-port", Value(GatewayPort, "GATEWAY_PORT"), listen.Port + SiloSettings.GatewayOffset),
            name.Plus("-l", SiloSettings.RegisterOffset).Port,
            certificate,
            key,
            WebCommandLine.Read(result, configuration, name.Host),
            Environment.GetEnvironmentVariable("DOOZER_RWSECRET"),
            Environment.GetEnvironmentVariable("DOOZER_ROSECRET"),
            ReadNotices(result));
    }

    private static IPEndPoint ResolveListen(HostAddress name)
    {
        IPEndPoint listen;
        try
        {
            listen = name.Resolve();
        }
        catch (SocketException exception)
        {
            throw new SettingsException($"-l: the host '{name.Host}' cannot be resolved: {exception.Message}");
        }

        return listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any)
            ? throw new SettingsException($"-l: '{name}' is every address; the node needs one that the others can reach it at")
            : listen;
    }

    private static List<HostAddress> ReadAttach(ParseResult result, IConfiguration configuration, HostAddress name, IPEndPoint listen)
    {
        var texts = result.GetValue(Attach) is { Length: > 0 } given
            ? given
            : configuration["ATTACH"]?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        var attach = new List<HostAddress>();
        foreach (var text in texts)
        {
            var address = HostAddress.Parse("-a", text, 8046);
            if (address == name || IsAt(address, listen))
            {
                throw new SettingsException($"-a: '{text}' is this node's own address (-l); name another node of the cluster");
            }

            var register = address.Plus("-a", SiloSettings.RegisterOffset);
            if (!attach.Contains(register))
            {
                attach.Add(register);
            }
        }

        return attach;
    }

    private static DoozerUri? ReadBoot(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            var uri = DoozerUri.Parse(text);
            return uri.Addresses.Count > 0 ? uri : throw new SettingsException("-b: the URI names no server; write doozer:?ca=host:port");
        }
        catch (UsageException exception)
        {
            throw new SettingsException($"-b: {exception.Message}");
        }
    }

    private static bool IsAt(HostAddress address, IPEndPoint listen)
    {
        try
        {
            return address.Resolve().Equals(listen);
        }
        catch (SocketException)
        {
            // The other node's name may be known only once it is up; while nothing answers there, the node says that it waits.
            return false;
        }
    }

    private static string? ReadData(ParseResult result, IConfiguration configuration, IPEndPoint listen)
    {
        var data = result.GetValue(Data) ?? configuration["DATA"];
        if (result.GetValue(Memory) || bool.TryParse(configuration["MEMORY"], out var memory) && memory)
        {
            return data is null ? null : throw new SettingsException("-d and --memory exclude each other: keep the state in a directory or nowhere");
        }

        return data is "" ? throw new SettingsException("-d: the directory's name is empty") : data ?? $"doozerd-{listen.Port}";
    }

    private static int ReadHistory(string? text)
    {
        if (text is null)
        {
            return 100_000;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var history) && history is >= 1 and <= 100_000_000
            ? history
            : throw new SettingsException($"--history: '{text}' is no number of revisions between 1 and 100000000");
    }

    private static TimeSpan ReadSeconds(string option, string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new SettingsException($"{option}: '{text}' is no number of seconds between 0 and 86400");

    private static int ReadVoters(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var voters) && voters <= 31 && (voters == 0 || voters % 2 == 1)
            ? voters
            : throw new SettingsException($"--voters: '{text}' is no odd number up to 31, nor 0 for voters that only the operator changes");

    private static TimeSpan ReadTimeout(string text) =>
        ReadSeconds("--timeout", text) is var timeout && (timeout == TimeSpan.Zero || timeout >= TimeSpan.FromSeconds(1))
            ? timeout
            : throw new SettingsException($"--timeout: '{text}' is less than a second; a healthy node may be silent for that long");

    private static int ReadPort(string option, string? text, int derived)
    {
        if (text is null)
        {
            return derived <= 65535
                ? derived
                : throw new SettingsException(
                    $"{option}: the port that follows from -l would be {derived}, beyond 65535; choose a lower port for -l, or set it");
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw new SettingsException($"{option}: '{text}' is no port between 1 and 65535");
    }

    private static List<string> ReadNotices(ParseResult result) =>
        result.GetValue(Fill) is not null ? ["-fill has no effect: a leader leaves no slots to fill"] : [];
}
