using Doozer.Cli.Wire;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer add</c></summary>
internal sealed class AddCommand : Verb
{
    internal override string Name => "add";

    internal override string Arguments => "<path>";

    internal override string Summary => "create a file that does not exist yet";

    internal override string Details => """
        Creates the file at <path> with the bytes of standard input and prints its
        revision. If the file exists already it stays as it is and the exit code is 1.

        Short for: set <path> 0

        """;

    internal override Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) =>
        SetCommand.WriteAsync(context, DoozerRevision.Missing, cancellationToken);
}
