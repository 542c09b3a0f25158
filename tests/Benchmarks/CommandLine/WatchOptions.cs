using System.CommandLine;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>The options of the watch commands, named as in etcd's benchmark tool.</summary>
internal sealed class WatchOptions(WatchSettings defaults)
{
    private readonly Option<int> _streams = Number("--streams", "How often --watch-per-stream watches are opened", defaults.Streams);
    private readonly Option<int> _perStream = Number("--watch-per-stream", "Watches per stream", defaults.WatchesPerStream);
    private readonly Option<int> _keys = Number("--watched-key-total", "Over how many files the watches are spread", defaults.WatchedKeyTotal);
    private readonly Option<int> _puts = Number("--put-total", "Writes", defaults.PutTotal);
    private readonly Option<double> _rate = new("--put-rate")
    {
        Description = "Writes per second; 0 is no limit",
        DefaultValueFactory = _ => defaults.PutRate,
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _streams, _perStream, _keys, _puts, _rate })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Their values.</summary>
    /// <exception cref="UsageException">One is wrong.</exception>
    public WatchSettings Read(ParseResult parsed) => new()
    {
        Streams = LoadOptions.AtLeast(1, "--streams", parsed.GetValue(_streams)),
        WatchesPerStream = LoadOptions.AtLeast(1, "--watch-per-stream", parsed.GetValue(_perStream)),
        WatchedKeyTotal = LoadOptions.AtLeast(1, "--watched-key-total", parsed.GetValue(_keys)),
        PutTotal = LoadOptions.AtLeast(1, "--put-total", parsed.GetValue(_puts)),
        PutRate = LoadOptions.AtLeast(0.0, "--put-rate", parsed.GetValue(_rate)),
    };

    private static Option<int> Number(string name, string description, int value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };
}
