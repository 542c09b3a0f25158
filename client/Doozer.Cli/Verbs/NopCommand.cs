using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer nop</c></summary>
internal sealed class NopCommand : Verb
{
    internal override string Name => "nop";

    internal override string Summary => "let the cluster agree on nothing";

    internal override string Details => """
        Takes the cluster through one round of agreement that changes no file. It takes
        a revision, and tells that a quorum of servers is alive.

        """;

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        using Session session = await context.OpenSessionAsync(cancellationToken);
        await session.WriteAsync(new Request { Verb = DoozerVerb.Nop }, cancellationToken);
        return ExitCode.Success;
    }
}
