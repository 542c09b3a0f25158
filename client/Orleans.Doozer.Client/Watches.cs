using System.Runtime.CompilerServices;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer;

/// <summary>
/// Watches by long polls at one node. The revision is the cursor and the nodes keep nothing, so whatever happens to a node, a
/// gateway or an answer, asking again from the same revision, there or elsewhere, loses and doubles nothing.
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
        var refused = new HashSet<string>(StringComparer.Ordinal);
        string? node = null;
        IDirectoryGrain? directory = null;
        for (var failures = 0; ;)
        {
            if (directory is null)
            {
                node = await PickNodeAsync(node, refused, cancellationToken).ConfigureAwait(false);
                directory = node is null ? null : grains.GetGrain<IDirectoryGrain>(
                    NodeGrainKeys.Create(options.Store, node, glob.LiteralDirectory));
            }

            var reply = directory is null ? null : await AskAsync(
                directory, new WatchRequest(glob.Pattern, next, options.WatchWait, limit), cancellationToken)
                .ConfigureAwait(false);
            if (reply?.Status.Error == DoozerErrorCode.None)
            {
                failures = 0;
                refused.Clear();
                foreach (var change in reply.Events)
                {
                    yield return change;
                }

                // A node that is behind answers with the question's own revision at least.
                next = reply.Next > next ? reply.Next : next;
                continue;
            }

            // A node may keep less history than the others, because it copied its state lately, or have too many watches: the
            // refusal counts when all nodes have refused.
            RequireWorthTrying(reply, node, refused);
            directory = null;
            await caller.PauseAsync(failures++, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void RequireWorthTrying(WatchReply? reply, string? node, HashSet<string> refused)
    {
        switch (reply?.Status.Error)
        {
            case null or DoozerErrorCode.Unavailable:
                break;
            case DoozerErrorCode.TooLate or DoozerErrorCode.LimitExceeded when refused.Add(node!):
                break;
            case var error:
                throw DoozerException.From(error.Value, reply.Status.Detail);
        }
    }

    private async Task<WatchReply?> AskAsync(IDirectoryGrain directory, WatchRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var call = directory.Wait(request, cancellationToken);
            return await caller.AttemptAsync(call, options.WatchWait + Margin, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (StoreCaller.IsLost(exception, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>A node to watch at: the one where a front door stands, as long as it is not the one that just failed or one that
    /// refused. When all have refused, one of those, whose word is then the last. Null when nobody answers.</summary>
    private async Task<string?> PickNodeAsync(string? failed, HashSet<string> refused, CancellationToken cancellationToken)
    {
        try
        {
            var route = await caller.RouteAsync(cancellationToken).ConfigureAwait(false);
            if (route.Node != failed && !refused.Contains(route.Node))
            {
                return route.Node;
            }

            string[] others = [.. route.Nodes.Where(node => node != failed && !refused.Contains(node))];
            return others.Length > 0 ? others[Random.Shared.Next(others.Length)] : route.Node;
        }
        catch (DoozerUnavailableException)
        {
            // A watch outlives a store that is away for a while.
            return null;
        }
    }
}
