using Doozer.Cli.CommandLine;
using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer del</c></summary>
internal sealed class DelCommand : Verb
{
    internal override string Name => "del";

    internal override string Arguments => "<path> <rev>";

    internal override string Summary => "delete a file";

    internal override string Details => """
        Deletes the file at <path>. Prints nothing.

        Nothing happens, and the exit code is 1, when the file was changed after <rev>.
        A <rev> of -1 deletes in any case.

        """;

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        long revision = Options.ParseRevision(context.Arguments[1], Name);
        using Session session = await context.OpenSessionAsync(cancellationToken);
        var request = new Request { Verb = DoozerVerb.Delete, Path = context.Path, Rev = revision };
        await session.WriteAsync(request, cancellationToken);
        return ExitCode.Success;
    }
}
