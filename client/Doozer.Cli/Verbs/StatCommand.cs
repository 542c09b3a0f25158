using System.Globalization;
using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer stat</c></summary>
internal sealed class StatCommand : Verb
{
    internal override string Name => "stat";

    internal override string Arguments => "<path>";

    internal override string Summary => "print a file's revision and length";

    internal override string Details => """
        Prints the revision and the length in bytes of the file at <path>; for a
        directory the letter d and how many entries it has. A path that does not exist
        is an error.

        With -r, prints what was there at that revision.

        """;

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        using Session session = await context.OpenSessionAsync(cancellationToken);
        var request = new Request { Verb = DoozerVerb.Stat, Path = context.Path };
        if (context.Options.Revision != DoozerRevision.Current)
        {
            request.Rev = context.Options.Revision;
        }

        Response response = await session.ReadAsync(request, cancellationToken);
        if (response.Rev == DoozerRevision.Missing)
        {
            context.Console.WriteError($"No such file or directory: {context.Path}");
            return ExitCode.Failure;
        }

        string first = response.Rev == DoozerRevision.Directory ? "d" : response.Rev.ToString(CultureInfo.InvariantCulture);
        context.Output.Write(string.Create(CultureInfo.InvariantCulture, $"{first} {response.Len}\n"));
        return ExitCode.Success;
    }
}
