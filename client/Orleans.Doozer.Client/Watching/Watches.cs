using System.Runtime.CompilerServices;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer;

/// <summary>
/// Watches: each is one of the client's <see cref="WatchStream"/>, and reads the history by long polls where that does not help, because it
/// begins far back, was too slow or was refused. The revision is the cursor, so whatever happens to a node, a gateway or an answer,
/// asking again from the same revision, there or elsewhere, loses and doubles nothing.
/// </summary>
internal sealed class Watches(IGrainFactory grains, DoozerClientOptions options, StoreCaller caller, NodePicker nodes)
{
    private readonly WatchStream _stream = new(grains, options, caller, nodes);

    /// <summary>The changes from a revision on, until cancelled.</summary>
    public async IAsyncEnumerable<DoozerEvent> ReadAsync(Glob glob, Revision from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = Revision.Max(from, new(1));
        var refused = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            if (_stream.TryAttach(glob, next) is { } subscription)
            {
                try
                {
                    while (await subscription.ReadAsync(cancellationToken).ConfigureAwait(false) is { } changes)
                    {
                        foreach (var change in changes)
                        {
                            yield return change;
                        }
                    }
                }
                finally
                {
                    _stream.Detach(subscription);
                }

                next = subscription.Next;
                if (subscription.Refusal is { } refusal)
                {
                    RequireWorthTrying(refusal.Error, refusal.Detail, refusal.Node, refused);
                }
            }

            await foreach (var reply in PollAsync(glob, next, refused, cancellationToken).ConfigureAwait(false))
            {
                foreach (var change in reply.Events)
                {
                    yield return change;
                }

                // A node that is behind answers with the question's own revision at least.
                next = Revision.Max(next, reply.Next);
            }
        }
    }

    /// <summary>Reads the history from a revision on to its end; waits there once when a node has refused.</summary>
    private async IAsyncEnumerable<WatchReply> PollAsync(
        Glob glob, Revision from, HashSet<string> refused, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new WatchRequest(glob.Pattern, from, refused.Count > 0 ? options.WatchWait : TimeSpan.Zero, options.PageSize);
        string? node = null;
        IDirectoryGrain? directory = null;
        for (var failures = 0; ;)
        {
            if (directory is null)
            {
                node = await nodes.PickAsync(node, refused, cancellationToken).ConfigureAwait(false);
                directory = node is null ? null : grains.GetGrain<IDirectoryGrain>(NodeGrainKeys.Create(options.Store, node, glob.LiteralDirectory));
            }

            var reply = directory is null ? null : await AskAsync(directory, request, cancellationToken).ConfigureAwait(false);
            if (reply?.Status.Error == DoozerErrorCode.None)
            {
                refused.Clear();
                yield return reply;
                if (reply.Events.Length == 0 || reply.Next > reply.Status.Revision)
                {
                    yield break;
                }

                (failures, request) = (0, request with { From = Revision.Max(request.From, reply.Next), MaxWait = TimeSpan.Zero });
                continue;
            }

            // A node may keep less history than the others, because it copied its state lately, or have too many watches: the
            // refusal counts when all nodes have refused.
            RequireWorthTrying(reply?.Status.Error, reply?.Status.Detail, node, refused);
            directory = null;
            await caller.PauseAsync(failures++, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void RequireWorthTrying(DoozerErrorCode? error, string? detail, string? node, HashSet<string> refused)
    {
        switch (error)
        {
            case null or DoozerErrorCode.Unavailable:
                break;
            case DoozerErrorCode.TooLate or DoozerErrorCode.LimitExceeded when node is not null && refused.Add(node):
                break;
            default:
                throw DoozerException.From(error.Value, detail);
        }
    }

    private async Task<WatchReply?> AskAsync(IDirectoryGrain directory, WatchRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var call = directory.Wait(request, cancellationToken);
            return await caller.AttemptAsync(call, request.MaxWait + WatchStream.Margin, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (StoreCaller.IsLost(exception, cancellationToken))
        {
            return null;
        }
    }
}
