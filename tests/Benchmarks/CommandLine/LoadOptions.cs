using System.CommandLine;
using System.Globalization;
using Orleans.Doozer.Benchmarks.Sessions;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>The options of the load commands, named as in etcd's benchmark tool.</summary>
internal sealed class LoadOptions
{
    private readonly Option<string?> _endpoints = new("--endpoints")
    {
        Description = "The nodes' Doozer addresses (doozerd's -l), separated by commas; without it three doozerd are started and stopped",
        HelpName = "host:port,...",
    };

    private readonly Option<string> _protocol = new("--protocol")
    {
        Description = "orleans (the .NET library over Orleans' gateways) or tcp (Doozer's protocol)",
        DefaultValueFactory = _ => "orleans",
    };

    private readonly Option<int> _clients = Number("--clients", "Requests under way at once", 1);
    private readonly Option<int> _connections = Number("--conns", "Connections: Orleans clients, or TCP connections", 1);
    private readonly Option<long> _total = new("--total") { Description = "Requests in all", DefaultValueFactory = _ => 10_000 };
    private readonly Option<string?> _duration = Seconds("--duration", "How long to measure, instead of --total");
    private readonly Option<string?> _warmUp = Seconds("--warm-up", "How long the same load runs before it is measured (default 3)");
    private readonly Option<int> _keySize = Number("--key-size", "Characters of a file's name below /bench/, at least", 8);
    private readonly Option<int> _valueSize = Number("--val-size", "Bytes of a value", 8);
    private readonly Option<double> _rate = new("--rate") { Description = "Requests per second; 0 is no limit", DefaultValueFactory = _ => 0 };
    private readonly Option<long> _keySpace = new("--key-space-size") { Description = "How many files are touched", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _sequential = new("--sequential-keys") { Description = "Touch them in turn instead of at random" };
    private readonly Option<string> _cluster = new("--cluster") { Description = "The cluster's name (doozerd's -c)", DefaultValueFactory = _ => "local" };
    private readonly Option<string?> _doozerd = new("--doozerd") { Description = "The doozerd to start; default this checkout's Release build", HelpName = "path" };
    private readonly Option<string?> _data = new("--data") { Description = "Where the started nodes keep their data; default the temporary directory", HelpName = "directory" };
    private readonly Option<string?> _pids = new("--pids") { Description = "Processes whose CPU and memory are told, with --endpoints", HelpName = "id,..." };
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as JSON" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all =
        [
            _endpoints, _protocol, _clients, _connections, _total, _duration, _warmUp, _keySize, _valueSize, _rate, _keySpace, _sequential,
            _cluster, _doozerd, _data, _pids, _json,
        ];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What the load does.</summary>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public LoadSettings ReadSettings(ParseResult parsed) => new()
    {
        Protocol = parsed.GetValue(_protocol) switch
        {
            "orleans" => WireProtocol.Orleans,
            "tcp" => WireProtocol.Tcp,
            var other => throw new UsageException($"--protocol: '{other}' is neither orleans nor tcp"),
        },
        Clients = AtLeast(1, "--clients", parsed.GetValue(_clients)),
        Connections = AtLeast(1, "--conns", parsed.GetValue(_connections)),
        Total = AtLeast(1, "--total", parsed.GetValue(_total)),
        Duration = ParseSeconds("--duration", parsed.GetValue(_duration)),
        WarmUp = ParseSeconds("--warm-up", parsed.GetValue(_warmUp)) ?? new LoadSettings().WarmUp,
        KeySize = AtLeast(1, "--key-size", parsed.GetValue(_keySize)),
        ValueSize = AtLeast(0, "--val-size", parsed.GetValue(_valueSize)),
        Rate = parsed.GetValue(_rate) is >= 0 and var rate ? rate : throw new UsageException("--rate is less than 0"),
        KeySpaceSize = AtLeast(1L, "--key-space-size", parsed.GetValue(_keySpace)),
        SequentialKeys = parsed.GetValue(_sequential),
    };

    /// <summary>Which servers: given ones, or which program to start where.</summary>
    public ServerSettings ReadServers(ParseResult parsed) => new(
        [.. Split(parsed.GetValue(_endpoints)).Select(Endpoint.Parse)],
        [.. Split(parsed.GetValue(_pids)).Select(ParseProcessId)],
        parsed.GetValue(_cluster)!,
        parsed.GetValue(_doozerd),
        parsed.GetValue(_data) ?? Path.GetTempPath());

    /// <summary>Whether the result is wanted as JSON.</summary>
    public bool WantsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>A number of seconds; null when not given.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static TimeSpan? ParseSeconds(string option, string? text)
    {
        if (text is null)
        {
            return null;
        }

        return double.TryParse(text.TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"{option}: '{text}' is no number of seconds");
    }

    private static int ParseProcessId(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Servers.UsageMeter.IsAlive(id)
            ? id
            : throw new UsageException($"--pids: there is no process '{text}'");

    /// <summary>The parts of a list that is separated by commas.</summary>
    public static string[] Split(string? text) =>
        text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>The value, unless it is too small.</summary>
    /// <exception cref="UsageException">It is.</exception>
    public static T AtLeast<T>(T least, string option, T value)
        where T : IComparable<T> =>
        value.CompareTo(least) >= 0 ? value : throw new UsageException($"{option}: {value} is less than {least}");

    private static Option<int> Number(string name, string description, int value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<string?> Seconds(string name, string description) =>
        new(name) { Description = description, HelpName = "seconds" };
}
