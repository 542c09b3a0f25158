using System.CommandLine;
using System.Globalization;
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

    internal Option<string?> Timeout { get; } = Value("-t");

    internal Option<bool> Help { get; } = Flag("-h", "-help", "--help");

    internal Option<bool> Version { get; } = Flag("-v", "-version", "--version");

    internal IEnumerable<Option> All => [Uri, BootUri, Revision, Timeout, Help, Version];

    /// <summary>The values given, with the environment and the defaults behind them; a bad value is the user's mistake.</summary>
    internal OptionValues Read(ParseResult parsed, CliConsole console, string verb) => new(
        NotEmpty(parsed.GetValue(Uri)) ?? NotEmpty(console.Variable("DOOZER_URI")) ?? DoozerUri.Default,
        NotEmpty(parsed.GetValue(BootUri)) ?? NotEmpty(console.Variable("DOOZER_BOOT_URI")),
        parsed.GetValue(Revision) is { } revision ? ParseRevision(revision, verb) : DoozerRevision.Current,
        parsed.GetValue(Timeout) is { } timeout ? GoDuration.Parse(timeout) : TimeSpan.Zero);

    internal static long ParseRevision(string text, string verb) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long revision)
            ? revision
            : throw new UsageException($"bad revision \"{text}\": a whole number is expected", verb);

    // Given twice, the last one holds, as in Go.
    private static Option<string?> Value(string name) => new(name)
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
internal sealed record OptionValues(string Uri, string? BootUri, long Revision, TimeSpan Timeout);
