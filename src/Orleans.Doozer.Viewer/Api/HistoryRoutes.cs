using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Viewer.Access;

namespace Orleans.Doozer.Viewer.Api;

/// <summary>What happened: to one file, or to all.</summary>
internal sealed class HistoryRoutes(ViewerNode node) : IDisposable
{
    private const int VersionsPage = 50;
    private const int VersionsMax = 200;
    private const int EventsPage = 200;
    private const int EventsMax = 1000;
    private const int BytesMax = 4 << 20;

    // The whole kept history is gone through, a few milliseconds for each 100,000 revisions.
    private readonly SemaphoreSlim _scanning = new(2);

    public void Dispose() => _scanning.Dispose();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/history", HistoryAsync).WithMetadata(Needs.Read);
        routes.MapGet("/api/events", EventsAsync).WithMetadata(Needs.Read);
    }

    private async Task<IResult> HistoryAsync(HttpContext context, string? path, int? limit, long? before)
    {
        var serving = node.Require();
        var file = StoreReader.RequirePath(serving, path);
        var count = StoreReader.RequireLimit(limit, VersionsPage, VersionsMax);
        await _scanning.WaitAsync(context.RequestAborted);
        try
        {
            var found = await ScanAsync(serving, file, before ?? long.MaxValue, count, context.RequestAborted);
            return TypedResults.Json(found, ViewerJson.Shapes.HistoryReply);
        }
        finally
        {
            _scanning.Release();
        }
    }

    private static async Task<HistoryReply> ScanAsync(
        ServingNode serving, string path, long before, int limit, CancellationToken cancellationToken)
    {
        // One more than asked for: it tells whether there are more.
        var kept = new Queue<DoozerEvent>();
        var view = serving.Store.Current;
        var oldest = serving.Store.Status.OldestRevision;
        for (var from = oldest; from <= view.Revision && from.Value < before;)
        {
            var reply = await ReadAsync(serving, path, from, EventsMax, cancellationToken);
            foreach (var change in reply.Events.Where(change => change.Revision <= view.Revision && change.Revision.Value < before))
            {
                kept.Enqueue(change);
                if (kept.Count > limit + 1)
                {
                    kept.Dequeue();
                }
            }

            from = reply.Next;
        }

        var more = kept.Count > limit;
        if (more)
        {
            kept.Dequeue();
        }

        var first = more ? null : kept.TryPeek(out var change0) ? change0.Previous : view.GetEntry(path);
        return new(view.Revision.Value, path, oldest.Value, more, Describe(kept.Reverse(), first?.Revision.Value < before ? first : null));
    }

    private static List<FileVersion> Describe(IEnumerable<DoozerEvent> newestFirst, DoozerEntry? beforeHistory)
    {
        var versions = new List<FileVersion>();
        var room = BytesMax;
        foreach (var change in newestFirst)
        {
            versions.Add(change.Kind == DoozerEventKind.Delete
                ? new(change.Revision.Value, "delete")
                : Describe(change.Revision, change.Value.Span, ref room));
        }

        if (beforeHistory is { } file)
        {
            versions.Add(Describe(file.Revision, file.Value.Span, ref room) with { BeforeHistory = true });
        }

        return versions;
    }

    private static FileVersion Describe(Revision revision, ReadOnlySpan<byte> bytes, ref int room)
    {
        var value = ValuePreview.Of(bytes, Math.Min(bytes.Length, ValuePreview.FileBytes) <= room ? ValuePreview.FileBytes : 0);
        room -= value.Value.Length;
        return new(revision.Value, "set", value.Length, value.Encoding, value.Value, value.Truncated);
    }

    private async Task<IResult> EventsAsync(HttpContext context, string? glob, long? from, int? limit)
    {
        var serving = node.Require();
        var pattern = StoreReader.RequireGlob(glob ?? Glob.Everything.Pattern);
        var count = StoreReader.RequireLimit(limit, EventsPage, EventsMax);
        var oldest = serving.Store.Status.OldestRevision;
        var first = from is { } wanted ? new Revision(Math.Max(wanted, 1)) : oldest;
        await _scanning.WaitAsync(context.RequestAborted);
        try
        {
            var at = serving.Store.Current.Revision;
            var reply = await ReadAsync(serving, pattern.Pattern, first, count, context.RequestAborted);
            var room = BytesMax;
            var events = reply.Events.Select(change => EventWriter.Describe(change, ref room)).ToList();
            return TypedResults.Json(
                new EventsReply(at.Value, oldest.Value, first.Value, reply.Next.Value, events), ViewerJson.Shapes.EventsReply);
        }
        finally
        {
            _scanning.Release();
        }
    }

    private static async Task<WatchReply> ReadAsync(
        ServingNode serving, string glob, Revision from, int limit, CancellationToken cancellationToken)
    {
        var reply = await serving.Store.WatchAsync(new WatchRequest(glob, from, TimeSpan.Zero, limit), cancellationToken);
        return reply.Status.Error switch
        {
            DoozerErrorCode.None => reply,
            DoozerErrorCode.TooLate => throw StoreReader.TooLate(serving, reply.Status.Detail ?? "the revision is no longer kept"),
            var error => throw ViewerException.From(error, reply.Status.Detail),
        };
    }
}
