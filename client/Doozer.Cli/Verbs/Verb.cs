using System.CommandLine;
using Doozer.Cli.CommandLine;

namespace Doozer.Cli.Verbs;

/// <summary>One command of <c>doozer</c>.</summary>
internal abstract class Verb
{
    /// <summary>All verbs, in the order the help prints them.</summary>
    internal static IReadOnlyList<Verb> All { get; } =
    [
        new AddCommand(), new BenchCommand(), new DelCommand(), new FindCommand(), new GetCommand(), new HelpCommand(), new MembersCommand(), new NopCommand(),
        new RevCommand(), new SelfCommand(), new SetCommand(), new StatCommand(), new StatusCommand(), new TouchCommand(),
        new WaitCommand(), new WatchCommand(),
    ];

    internal abstract string Name { get; }

    /// <summary>The arguments as the help shows them; empty for none.</summary>
    internal virtual string Arguments => "";

    /// <summary>One line for the overview.</summary>
    internal abstract string Summary { get; }

    /// <summary>The page that <c>doozer help</c> prints.</summary>
    internal abstract string Details { get; }

    internal virtual int ArgumentsMin => Arguments.Count(character => character == '<');

    internal virtual int ArgumentsMax => Arguments.Count(character => character == '<');

    /// <summary>The options that this verb has beside those of all.</summary>
    internal virtual IEnumerable<Option> OptionsOf(Options options) => [];

    internal string Usage => Arguments.Length == 0 ? Name : $"{Name} {Arguments}";

    internal abstract Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken);
}
