using System.Globalization;
using Doozer.Cli.Sessions;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer rev</c></summary>
internal sealed class RevCommand : Verb
{
    internal override string Name => "rev";

    internal override string Summary => "print the current revision";

    internal override string Details => """
        Prints the store's current revision: the number of changes made so far.

        """;

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        using Session session = await context.OpenSessionAsync(cancellationToken);
        long revision = await session.GetRevisionAsync(cancellationToken);
        context.Output.Write(revision.ToString(CultureInfo.InvariantCulture) + "\n");
        return ExitCode.Success;
    }
}
