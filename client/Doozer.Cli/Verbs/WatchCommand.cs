using Doozer.Cli.Sessions;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer watch</c></summary>
internal sealed class WatchCommand : Verb
{
    internal override string Name => "watch";

    internal override string Arguments => "<glob>";

    internal override string Summary => "print changes as they happen";

    internal override string Details => $"""
        Prints every change to files that match <glob>, until it is interrupted. When
        its server goes away it goes on with another one where it was.

        It begins at the current revision; with -r, at that revision.

        {ChangeRecord.Help}
        """;

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        using Session session = await context.OpenSessionAsync(cancellationToken);
        session.Notice = context.Console.WriteError;
        try
        {
            long revision = await context.GetRevisionAsync(session, cancellationToken);
            while (true)
            {
                ChangeRecord change = await ChangeRecord.NextAsync(session, context.Path, revision, cancellationToken);
                change.WriteTo(context.Output);
                await context.Output.FlushAsync(cancellationToken);
                revision = change.Revision + 1;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // An interrupt is how a watch ends, not how it fails.
            return ExitCode.Success;
        }
    }
}
