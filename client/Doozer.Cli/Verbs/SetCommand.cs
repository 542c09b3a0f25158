using System.Globalization;
using Doozer.Cli.CommandLine;
using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer set</c></summary>
internal sealed class SetCommand : Verb
{
    internal override string Name => "set";

    internal override string Arguments => "<path> <rev>";

    internal override string Summary => "write a file";

    internal override string Details => """
        Writes standard input, byte for byte, into the file at <path> and prints the
        file's new revision.

        Nothing happens, and the exit code is 1, when the file was changed after <rev>.
        A <rev> of 0 writes only a file that does not exist yet, -1 writes in any case.

        """;

    internal override Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) =>
        WriteAsync(context, Options.ParseRevision(context.Arguments[1], Name), cancellationToken);

    // The body is complete before the connection opens: nobody keeps a server waiting while typing.
    internal static async Task<int> WriteAsync(VerbContext context, long revision, CancellationToken cancellationToken)
    {
        ByteString body = await context.ReadBodyAsync(cancellationToken);
        using Session session = await context.OpenSessionAsync(cancellationToken);
        var request = new Request { Verb = DoozerVerb.Set, Path = context.Path, Rev = revision, Value = body };
        Response response = await session.WriteAsync(request, cancellationToken);
        context.Output.Write(response.Rev.ToString(CultureInfo.InvariantCulture) + "\n");
        return ExitCode.Success;
    }
}
