using Doozer.Cli.CommandLine;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer help</c></summary>
internal sealed class HelpCommand : Verb
{
    internal override string Name => "help";

    internal override string Arguments => "<command>";

    internal override string Summary => "explain a command";

    internal override string Details => """
        Prints what <command> does, or without one the overview.

        """;

    internal override int ArgumentsMin => 0;

    internal override Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        string? name = context.Arguments.Count > 0 ? context.Arguments[0] : null;
        Verb? verb = All.FirstOrDefault(verb => verb.Name == name);
        if (name is not null && verb is null)
        {
            throw new UsageException($"unknown command: {name}");
        }

        context.Output.Write(HelpText.For(verb));
        return Task.FromResult(ExitCode.Success);
    }
}
