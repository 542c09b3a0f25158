using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer get</c></summary>
internal sealed class GetCommand : Verb
{
    internal override string Name => "get";

    internal override string Arguments => "<path>";

    internal override string Summary => "print a file";

    internal override string Details => """
        Prints the bytes of the file at <path> and nothing else. A file that does not
        exist prints nothing and is no error; 'stat' tells the difference.

        With -r, prints what the file held at that revision.

        """;

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        using Session session = await context.OpenSessionAsync(cancellationToken);
        var request = new Request { Verb = DoozerVerb.Get, Path = context.Path };
        if (context.Options.Revision != DoozerRevision.Current)
        {
            request.Rev = context.Options.Revision;
        }

        Response response = await session.ReadAsync(request, cancellationToken);
        context.Output.Write(response.Value.Span);
        return ExitCode.Success;
    }
}
