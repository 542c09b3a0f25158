using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Stores;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>
/// Answers a watch from the history, from the revision the watcher asks for. Nothing is kept between two answers: the revision is the
/// cursor, so no event is lost or doubled whichever node continues.
/// </summary>
internal sealed class WatchReader(StoreHost host, TimeProvider time)
{
    private const int EventsMax = 1000;

    public async Task<WatchReply> ReadAsync(WatchRequest request, CancellationToken cancellationToken)
    {
        if (!Glob.TryParse(request.Glob, out var glob))
        {
            return Refusal(DoozerErrorCode.BadPath, $"invalid glob pattern: {request.Glob}");
        }

        if (host.Machine is null)
        {
            return Refusal(DoozerErrorCode.Unavailable, host.NotJoined);
        }

        var watcher = new Watcher();
        try
        {
            host.Watches.Add(watcher, glob);
        }
        catch (DoozerException exception)
        {
            return Refusal(exception.Code, exception.Message);
        }

        try
        {
            return await ReadAsync(watcher, glob, request, cancellationToken);
        }
        finally
        {
            host.Watches.Remove(watcher, glob);
        }
    }

    /// <summary>The watcher stands before the history is read: a change in between wakes it instead of being missed.</summary>
    private async Task<WatchReply> ReadAsync(Watcher watcher, Glob glob, WatchRequest request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var from = request.From < new Revision(1) ? new Revision(1) : request.From;
        var limit = Math.Clamp(request.Limit, 1, EventsMax);
        while (true)
        {
            var page = HistoryRange.Read(host.Machine!, from, host.Machine!.History.Head, limit, change => glob.IsMatch(change.Path));
            var reply = new WatchReply(page.StatusOf(host.Machine!, from), [.. page.Events], page.Next);
            var isWaiting = !page.TooLate && page.Events.Count == 0;
            var watched = host.Watches.Take(watcher);
            if (isWaiting && request.MaxWait > TimeSpan.Zero && watched.First is null)
            {
                // A linked source for each would be five objects more, and a hundred thousand may wait.
                var rest = TimeSpan.FromTicks(Math.Max(0, (request.MaxWait - time.GetElapsedTime(started)).Ticks));
                await watched.Woken.WaitAsync(rest, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                watched = host.Watches.Take(watcher);
            }

            if (isWaiting && watched.First is { } first)
            {
                from = Revision.Max(page.Next, first);
                continue;
            }

            // Nothing has matched up to what the hub has seen.
            return isWaiting ? reply with { Next = Revision.Max(page.Next, watched.Seen.Next) } : reply;
        }
    }

    private WatchReply Refusal(DoozerErrorCode error, string detail) => new(HistoryRange.StatusOf(host.Machine, error, detail), [], default);
}
