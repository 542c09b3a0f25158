using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>What a watch finds in a range of the history.</summary>
/// <param name="TooLate">The range begins before the kept history.</param>
/// <param name="Events">The changes that match.</param>
/// <param name="Next">Where to go on.</param>
internal readonly record struct HistoryRange(bool TooLate, IReadOnlyList<DoozerEvent> Events, Revision Next)
{
    private const int PageEvents = 1024;
    private const int BytesMax = 4 << 20;

    /// <summary>Reads from a revision to another until there are enough events, or bytes.</summary>
    public static HistoryRange Read(StateMachine machine, Revision from, Revision to, int limit, Func<DoozerEvent, bool> matches)
    {
        var events = new List<DoozerEvent>();
        long bytes = 0;
        var next = from;
        while (next <= to)
        {
            var page = machine.History.Read(next, PageEvents);
            if (page.TooLate)
            {
                return new(events.Count == 0, events, next);
            }

            foreach (var change in page.Events)
            {
                // All changes of a revision go together: a range ends between revisions only.
                if (change.Revision > to || (change.Revision > next && (events.Count >= limit || bytes > BytesMax)))
                {
                    return new(false, events, change.Revision);
                }

                next = change.Revision;
                if (matches(change))
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

        return new(false, events, next);
    }

    /// <summary>The status of a reply that was read from <paramref name="from"/> on.</summary>
    public ReadStatus StatusOf(StateMachine machine, Revision from) =>
        TooLate ? StatusOf(machine, DoozerErrorCode.TooLate, TooLateDetail(machine, from)) : StatusOf(machine);

    /// <summary>Says that a revision is gone.</summary>
    public static string TooLateDetail(StateMachine machine, Revision from) =>
        $"revision {from} is older than the kept history, which begins at {machine.History.Oldest}";

    /// <summary>The status of a reply: where the store is, and what was wrong, if anything was.</summary>
    public static ReadStatus StatusOf(StateMachine? machine, DoozerErrorCode error = DoozerErrorCode.None, string? detail = null) =>
        new(error, detail, machine?.Current.Revision ?? default, machine?.Current.Position.Value ?? 0);
}
