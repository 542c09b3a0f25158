using System.CommandLine;
using System.Globalization;
using Doozer.Cli.Bench;

namespace Doozer.Cli.CommandLine;

/// <summary>The options of <c>doozer bench</c>, named as in etcd's own benchmark tool. A bad value is the user's mistake.</summary>
internal sealed class BenchOptions
{
    private const string Verb = "bench";
    private const int ClientsMax = 100_000;
    private const int ConnectionsMax = 10_000;
    private const int KeySizeMax = 256;
    private const int ValueSizeMax = 1 << 20;
    private readonly List<Option> all = [];
    private readonly Option<string?> clients, connections, total, duration, warmUp, keySize, valueSize, rate, keySpace;
    private readonly Option<string?> streams, perStream, watchedKeys, puts, putRate;
    private readonly Option<bool> sequential = new("--sequential-keys") { Arity = ArgumentArity.Zero };

    internal BenchOptions()
    {
        clients = Add("--clients");
        connections = Add("--conns");
        total = Add("--total");
        duration = Add("--duration");
        warmUp = Add("--warm-up");
        keySize = Add("--key-size");
        valueSize = Add("--val-size");
        rate = Add("--rate");
        keySpace = Add("--key-space-size");
        streams = Add("--streams");
        perStream = Add("--watch-per-stream");
        watchedKeys = Add("--watched-key-total");
        puts = Add("--put-total");
        putRate = Add("--put-rate");
        all.Add(sequential);
    }

    internal IEnumerable<Option> All => all;

    /// <summary>What the load does.</summary>
    internal LoadSettings ReadLoad(ParseResult parsed)
    {
        var defaults = new LoadSettings();
        return new LoadSettings
        {
            Protocol = WireProtocol.Tcp,
            Clients = (int)Whole(parsed, clients, defaults.Clients, 1, ClientsMax),
            Connections = (int)Whole(parsed, connections, defaults.Connections, 1, ConnectionsMax),
            Total = Whole(parsed, total, defaults.Total, 1, long.MaxValue),
            Duration = Time(parsed, duration),
            WarmUp = Time(parsed, warmUp) ?? defaults.WarmUp,
            KeySize = (int)Whole(parsed, keySize, defaults.KeySize, 1, KeySizeMax),
            ValueSize = (int)Whole(parsed, valueSize, defaults.ValueSize, 0, ValueSizeMax),
            Rate = Whole(parsed, rate, 0, 0, int.MaxValue),
            KeySpaceSize = Whole(parsed, keySpace, defaults.KeySpaceSize, 1, int.MaxValue),
            SequentialKeys = parsed.GetValue(sequential),
        };
    }

    /// <summary>What its watches do, where there are any.</summary>
    internal WatchSettings ReadWatches(ParseResult parsed, WatchSettings defaults) => new()
    {
        Streams = (int)Whole(parsed, streams, defaults.Streams, 1, ConnectionsMax),
        WatchesPerStream = (int)Whole(parsed, perStream, defaults.WatchesPerStream, 1, ConnectionsMax),
        WatchedKeyTotal = (int)Whole(parsed, watchedKeys, defaults.WatchedKeyTotal, 1, int.MaxValue),
        PutTotal = (int)Whole(parsed, puts, defaults.PutTotal, 1, int.MaxValue),
        PutRate = Whole(parsed, putRate, (long)defaults.PutRate, 0, int.MaxValue),
    };

    private static long Whole(ParseResult parsed, Option<string?> option, long otherwise, long least, long most)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return otherwise;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{option.Name}: \"{text}\" is no whole number from {least} to {most}", Verb);
    }

    private static TimeSpan? Time(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is not { } text ? null
            : GoDuration.TryParse(text, out TimeSpan time) && time >= TimeSpan.Zero ? time
            : throw new UsageException($"{option.Name}: \"{text}\" is no time; write it like 10s or 1m30s", Verb);

    private Option<string?> Add(string name)
    {
        var option = new Option<string?>(name) { Arity = ArgumentArity.ExactlyOne };
        all.Add(option);
        return option;
    }
}
