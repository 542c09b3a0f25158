using System.CommandLine;
using System.Globalization;
using Doozer.Cli.Bench;
using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;

namespace Doozer.Cli.CommandLine;

/// <summary>The options of the command line; each is accepted before and after the verb, and by every verb.</summary>
internal sealed class Options
{
    private const int RepeatsMax = 100;

    internal Option<string?> Uri { get; } = Value("-a");

    internal Option<string?> BootUri { get; } = Value("-b");

    internal Option<string?> Revision { get; } = Value("-r");

    internal Option<string?> Timeout { get; } = Value("-t", "--timeout");

    internal Option<bool> Help { get; } = Flag("-h", "-help", "--help");

    internal Option<bool> Version { get; } = Flag("-v", "-version", "--version");

    /// <summary>The options of a few verbs, which name them; the others refuse them.</summary>
    internal Option<bool> Json { get; } = Flag("--json");

    internal Option<bool> Force { get; } = Flag("--force");

    internal Option<string?> Slot { get; } = Value("--slot");

    internal BenchOptions Bench { get; } = new();

    /// <summary>The options of all verbs.</summary>
    internal IEnumerable<Option> All => [Uri, BootUri, Revision, Timeout, Help, Version];

    /// <summary>The values given, with the environment and the defaults behind them; a bad value is the user's mistake.</summary>
    internal OptionValues Read(ParseResult parsed, CliConsole console, string verb) => new(
        NotEmpty(parsed.GetValue(Uri)) ?? NotEmpty(console.Variable("DOOZER_URI")) ?? DoozerUri.Default,
        NotEmpty(parsed.GetValue(BootUri)) ?? NotEmpty(console.Variable("DOOZER_BOOT_URI")),
        parsed.GetValue(Revision) is { } revision ? ParseRevision(revision, verb) : DoozerRevision.Current,
        parsed.GetValue(Timeout) is { } timeout ? GoDuration.Parse(timeout, verb) : TimeSpan.Zero)
    {
        Json = parsed.GetValue(Json),
        Force = parsed.GetValue(Force),
        Slot = parsed.GetValue(Slot) is { } slot ? ParseSlot(slot, verb) : null,
        Bench = verb == "bench" ? (Bench.ReadLoad(parsed), defaults => Bench.ReadWatches(parsed, defaults)) : null,
    };

    internal static long ParseRevision(string text, string verb) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long revision)
            ? revision
            : throw new UsageException($"bad revision \"{text}\": a whole number is expected", verb);

    private static int ParseSlot(string text, string verb) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int slot)
            ? slot
            : throw new UsageException($"bad slot \"{text}\": the number N of /ctl/cal/N is expected", verb);

    // Given twice, the last one holds, as in Go.
    private static Option<string?> Value(string name, params string[] aliases) => new(name, aliases)
    {
        Recursive = true,
        Arity = new ArgumentArity(1, RepeatsMax),
        CustomParser = result => result.Tokens.Count == 0 ? null : result.Tokens[^1].Value,
    };

    private static Option<bool> Flag(string name, params string[] aliases) => new(name, aliases)
    {
        Recursive = true,
        Arity = ArgumentArity.Zero,
    };

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>What the options say.</summary>
internal sealed record OptionValues(string Uri, string? BootUri, long Revision, TimeSpan Timeout)
{
    internal bool Json { get; init; }

    internal bool Force { get; init; }

    /// <summary>The CAL slot to use; null for any.</summary>
    internal int? Slot { get; init; }

    /// <summary>The load of <c>bench</c>, and what its watches do given the workload's defaults.</summary>
    internal (LoadSettings Load, Func<WatchSettings, WatchSettings> Watches)? Bench { get; init; }
}
