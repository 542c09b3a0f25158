using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer self</c></summary>
internal sealed class SelfCommand : Verb
{
    internal override string Name => "self";

    internal override string Summary => "print the server's id";

    internal override string Details => """
        Prints the id of the server that answers, without a line end.

        """;

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        using Session session = await context.OpenSessionAsync(cancellationToken);
        Response response = await session.ReadAsync(new Request { Verb = DoozerVerb.Self }, cancellationToken);
        context.Output.Write(response.Value.Span);
        return ExitCode.Success;
    }
}
