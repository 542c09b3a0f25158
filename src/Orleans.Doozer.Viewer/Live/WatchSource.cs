using System.Text.Json;
using Orleans.Doozer.Viewer.Api;

namespace Orleans.Doozer.Viewer.Live;

/// <summary>The changes that match a glob: each of them, or of several of one file only the newest.</summary>
internal sealed class WatchSource(ServingNode serving, HistoryCursor cursor, string id, bool isLatestOnly) : ISource
{
    private const int EventsPerFrame = 500;
    private const int ReadsPerFrame = 20;
    private const int BytesPerFrame = 384 * 1024;

    // A second of a busy store. Somebody who looks at a stream cannot read more; what was left out is told.
    private const int WaitingMax = 5000;

    public string Id => id;

    public HistoryCursor Cursor => cursor;

    public async Task<IReadOnlyList<byte[]>> ReadAsync(CancellationToken cancellationToken)
    {
        var room = BytesPerFrame;
        var events = isLatestOnly ? await ReadLatestAsync(room, cancellationToken) : [.. (await cursor.ReadAsync(EventsPerFrame, cancellationToken))
            .Select(change => EventWriter.Describe(change, ref room))];
        var frames = new List<byte[]>();
        if (events.Count > 0 || cursor.IsProgressDue)
        {
            cursor.Told();
            frames.Add(JsonSerializer.SerializeToUtf8Bytes(
                new("events", id, cursor.Next.Value, serving.Store.Current.Revision.Value, events), ViewerJson.Shapes.EventsFrame));
        }

        if (!isLatestOnly && cursor.Behind > WaitingMax)
        {
            var from = cursor.Next;
            cursor.MoveTo(serving.Store.Current.Revision.Next);
            frames.Add(JsonSerializer.SerializeToUtf8Bytes(
                new("skipped", id, from.Value, cursor.Next.Value), ViewerJson.Shapes.SkippedFrame));
        }

        return frames;
    }

    private async Task<List<EventInfo>> ReadLatestAsync(int room, CancellationToken cancellationToken)
    {
        var latest = new Dictionary<string, (DoozerEvent Event, int Count)>(StringComparer.Ordinal);
        for (var read = 0; read < ReadsPerFrame && latest.Count < EventsPerFrame; read++)
        {
            foreach (var change in await cursor.ReadAsync(EventsPerFrame, cancellationToken))
            {
                latest[change.Path] = (change, latest.TryGetValue(change.Path, out var before) ? before.Count + 1 : 1);
            }

            if (cursor.Behind == 0)
            {
                break;
            }
        }

        var events = new List<EventInfo>();
        foreach (var (change, count) in latest.Values.OrderBy(found => found.Event.Revision))
        {
            events.Add(EventWriter.Describe(change, ref room) with { Changes = count });
        }

        return events;
    }
}
