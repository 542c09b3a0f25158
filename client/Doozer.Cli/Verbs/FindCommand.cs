using Doozer.Cli.Sessions;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer find</c></summary>
internal sealed class FindCommand : Verb
{
    internal override string Name => "find";

    internal override string Arguments => "<path>";

    internal override string Summary => "list a directory and all below it";

    internal override string Details => """
        Prints <path> and the path of every file and directory below it, one per line;
        each directory comes before its entries, and those in sorted order. All of it is
        read at one revision: the current one, or the one given with -r.

        """;

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        using Session session = await context.OpenSessionAsync(cancellationToken);
        long revision = await context.GetRevisionAsync(session, cancellationToken);
        using var walk = new TreeWalk(session, revision);
        TreeEntry? root = await walk.StatAsync(context.Path, cancellationToken);
        if (root is null)
        {
            context.Console.WriteError($"No such file or directory: {context.Path}");
            return ExitCode.Failure;
        }

        await walk.VisitAsync(root, PrintAsync, cancellationToken);
        return ExitCode.Success;

        Task PrintAsync(string path)
        {
            context.Output.Write(path);
            context.Output.Write("\n");
            return context.Output.FlushIfLargeAsync(cancellationToken);
        }
    }
}
