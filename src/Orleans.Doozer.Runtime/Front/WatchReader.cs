using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Stores;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>
/// Answers a watch from the history, from the revision the watcher asks for. Nothing is kept between two answers: the revision is the
/// cursor, so no event is lost or doubled whichever node continues.
/// </summary>
internal sealed class WatchReader(StoreHost host)
{
    private const int PageEvents = 1024;
    private const int EventsMax = 1000;
    private const int BytesMax = 4 << 20;
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(5);

    public async Task<WatchReply> ReadAsync(WatchRequest request, CancellationToken cancellationToken)
    {
        if (!Glob.TryParse(request.Glob, out var glob))
        {
            return Refusal(DoozerErrorCode.BadPath, $"invalid glob pattern: {request.Glob}");
        }

        if (host.Machine is null)
        {
            return Refusal(DoozerErrorCode.Unavailable, $"node {host.Self} has not joined store '{host.Store}' yet; use another node");
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(request.MaxWait < WaitMax ? request.MaxWait : WaitMax);
        var from = request.From < new Revision(1) ? new Revision(1) : request.From;
        var limit = Math.Clamp(request.Limit, 1, EventsMax);
        while (true)
        {
            // Registered before the history is read: a change in between wakes the watcher instead of being missed.
            Watcher watcher;
            try
            {
                watcher = host.Watches.Register(glob);
            }
            catch (DoozerException exception)
            {
                return Refusal(exception.Code, exception.Message);
            }

            var reply = Read(glob, from, limit);
            if (reply.Status.Error == DoozerErrorCode.None && reply.Events.Length == 0 && await IsWokenAsync(watcher, patience.Token))
            {
                from = reply.Next;
                continue;
            }

            var quiet = host.Watches.Remove(watcher);
            cancellationToken.ThrowIfCancellationRequested();
            return quiet is { } seen && reply.Events.Length == 0 && reply.Next <= seen ? reply with { Next = seen.Next } : reply;
        }
    }

    private static async Task<bool> IsWokenAsync(Watcher watcher, CancellationToken patience)
    {
        try
        {
            await watcher.Woken.WaitAsync(patience);
            return true;
        }
        catch (OperationCanceledException)
        {
            return watcher.IsWoken;
        }
    }

    private WatchReply Read(Glob glob, Revision from, int limit)
    {
        var machine = host.Machine!;
        var events = new List<DoozerEvent>();
        long bytes = 0;
        var next = from;
        while (next <= machine.History.Head)
        {
            var page = machine.History.Read(next, PageEvents);
            if (page.TooLate)
            {
                return events.Count > 0
                    ? Reply(machine, events, next)
                    : Refusal(
                        DoozerErrorCode.TooLate,
                        $"revision {next} is older than the kept history, which begins at {machine.History.Oldest}");
            }

            foreach (var change in page.Events)
            {
                // All changes of a revision go together: a reply ends between revisions only.
                if (change.Revision > next && (events.Count >= limit || bytes > BytesMax))
                {
                    return Reply(machine, events, change.Revision);
                }

                next = change.Revision;
                if (glob.IsMatch(change.Path))
                {
                    events.Add(change);
                    bytes += change.Value.Length + (change.Previous?.Value.Length ?? 0);
                }
            }

            next = page.Next;
            if (events.Count >= limit)
            {
                break;
            }
        }

        return Reply(machine, events, next);
    }

    private static WatchReply Reply(StateMachine machine, List<DoozerEvent> events, Revision next) =>
        new(new ReadStatus(DoozerErrorCode.None, null, machine.Current.Revision, machine.Current.Position.Value), [.. events], next);

    private WatchReply Refusal(DoozerErrorCode error, string detail)
    {
        var view = host.Machine?.Current;
        return new(new ReadStatus(error, detail, view?.Revision ?? default, view?.Position.Value ?? 0), [], default);
    }
}
