using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer touch</c></summary>
internal sealed class TouchCommand : Verb
{
    internal override string Name => "touch";

    internal override string Arguments => "<path>";

    internal override string Summary => "give a file a new revision";

    internal override string Details => """
        Writes the file at <path> again with the bytes it has, so that it gets a new
        revision; creates it, empty, if it does not exist. The exit code is 1 when
        somebody else changed the file in between.

        """;

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        using Session session = await context.OpenSessionAsync(cancellationToken);
        Response seen = await session.ReadAsync(new Request { Verb = DoozerVerb.Get, Path = context.Path }, cancellationToken);
        var request = new Request { Verb = DoozerVerb.Set, Path = context.Path, Rev = seen.Rev, Value = seen.Value };
        await session.WriteAsync(request, cancellationToken);
        return ExitCode.Success;
    }
}
