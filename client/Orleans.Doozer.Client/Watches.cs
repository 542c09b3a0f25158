using System.Runtime.CompilerServices;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer;

/// <summary>
/// Watches by long polls at one node. The revision is the cursor and the nodes keep nothing, so whatever happens to a node, a gateway or
/// an answer, asking again from the same revision, there or elsewhere, loses and doubles nothing.
/// </summary>
internal sealed class Watches(IGrainFactory grains, DoozerClientOptions options, StoreCaller caller)
{
    // What an answer takes on its way, beyond the wait itself.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1.5);

    /// <summary>The changes from a revision on, until cancelled.</summary>
    public async IAsyncEnumerable<DoozerEvent> ReadAsync(
        Glob glob, Revision from, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = from;
        var tooLate = new HashSet<string>(StringComparer.Ordinal);
        string? node = null;
        IDirectoryGrain? directory = null;
        for (var failures = 0; ; )
        {
            if (directory is null)
            {
                node = await PickNodeAsync(node, tooLate, cancellationToken).ConfigureAwait(false);
                directory = node is null ? null : grains.GetGrain<IDirectoryGrain>(
                    NodeGrainKeys.Create(options.Store, node, glob.LiteralDirectory));
            }

            var reply = directory is null ? null : await AskAsync(
                directory, new WatchRequest(glob.Pattern, next, options.WatchWait, limit), cancellationToken).ConfigureAwait(false);
            if (reply?.Status.Error == DoozerErrorCode.None)
            {
                failures = 0;
                tooLate.Clear();
                foreach (var change in reply.Events)
                {
                    yield return change;
                }

                // A node that is behind answers with the question's own revision at least.
                next = reply.Next > next ? reply.Next : next;
                continue;
            }

            // A node that lately copied its state may keep less history than the others: only the last one's refusal counts.
            RequireWorthTrying(reply, node, tooLate);
            directory = null;
            await caller.PauseAsync(failures++, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void RequireWorthTrying(WatchReply? reply, string? node, HashSet<string> tooLate)
    {
        switch (reply?.Status.Error)
        {
            case null or DoozerErrorCode.Unavailable or DoozerErrorCode.LimitExceeded:
                break;
            case DoozerErrorCode.TooLate when tooLate.Add(node!):
                break;
            case var error:
                throw DoozerException.From(error.Value, reply.Status.Detail);
        }
    }

    private async Task<WatchReply?> AskAsync(IDirectoryGrain directory, WatchRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await caller.AttemptAsync(directory.Wait(request, cancellationToken), options.WatchWait + Margin, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (StoreCaller.IsLost(exception, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>A node to watch at: the one where a front door stands, as long as it is not the one that just failed or said "too late".
    /// When all have said so, one of those, whose word is then the last. Null when nobody answers.</summary>
    private async Task<string?> PickNodeAsync(string? failed, HashSet<string> tooLate, CancellationToken cancellationToken)
    {
        try
        {
            var route = await caller.RouteAsync(cancellationToken).ConfigureAwait(false);
            if (route.Node != failed && !tooLate.Contains(route.Node))
            {
                return route.Node;
            }

            string[] others = [.. route.Nodes.Where(node => node != failed && !tooLate.Contains(node))];
            return others.Length > 0 ? others[Random.Shared.Next(others.Length)] : route.Node;
        }
        catch (DoozerUnavailableException)
        {
            // A watch outlives a store that is away for a while.
            return null;
        }
    }
}
