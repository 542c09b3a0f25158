using Doozer.Cli.Sessions;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer wait</c></summary>
internal sealed class WaitCommand : Verb
{
    internal override string Name => "wait";

    internal override string Arguments => "<glob>";

    internal override string Summary => "print the next change";

    internal override string Details => $"""
        Waits for a change to a file that matches <glob>, prints it and ends.

        The first change at the current revision or later counts; with -r, at that
        revision or later. With -t the command fails after that long: a duration is
        a sequence of numbers with units, such as 1m30s or 250ms; the units are ns, us,
        ms, s, m and h.

        {ChangeRecord.Help}
        """;

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        using Session session = await context.OpenSessionAsync(cancellationToken);
        await session.ConnectAsync(cancellationToken);
        long revision = await context.GetRevisionAsync(session, cancellationToken);

        // The limit covers the wait alone: that nobody is there at all is told as such.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (context.Options.Timeout > TimeSpan.Zero)
        {
            limit.CancelAfter(context.Options.Timeout);
        }

        try
        {
            ChangeRecord change = await ChangeRecord.NextAsync(session, context.Path, revision, limit.Token);
            change.WriteTo(context.Output);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DoozerException("wait timeout");
        }
    }
}
