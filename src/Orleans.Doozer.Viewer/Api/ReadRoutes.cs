using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Viewer.Access;

namespace Orleans.Doozer.Viewer.Api;

/// <summary>The tree and its files, now or as of a revision.</summary>
internal sealed class ReadRoutes(ViewerNode node) : IDisposable
{
    private const int PageEntries = 200;
    private const int PageEntriesMax = 1000;

    // Two searches at most: one over a million files takes a while, and the store has other things to do.
    private readonly SemaphoreSlim _searching = new(2);

    public void Dispose() => _searching.Dispose();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/tree", ListAsync).WithMetadata(Needs.Read);
        routes.MapGet("/api/find", FindAsync).WithMetadata(Needs.Read);
        routes.MapGet("/api/file", GetAsync).WithMetadata(Needs.Read);
        routes.MapMethods("/api/raw", [HttpMethods.Get, HttpMethods.Head], GetRawAsync).WithMetadata(Needs.Read);
    }

    private async Task<IResult> ListAsync(
        HttpContext context, string? path, string? after, int? offset, int? limit, long? revision)
    {
        var serving = node.Require();
        var view = await StoreReader.ReadAsync(serving, revision, context.RequestAborted);
        var directory = StoreReader.RequirePath(serving, path ?? DoozerPath.Root);
        var count = StoreReader.RequireLimit(limit, PageEntries, PageEntriesMax);
        var stat = view.Stat(directory);
        if (!stat.IsDirectory)
        {
            throw ViewerException.NotFound(
                stat.IsFile ? $"{directory} is a file" : $"there is nothing at {directory} at revision {view.Revision}");
        }

        if (offset is { } skip)
        {
            if (skip < 0 || after is not null)
            {
                throw ViewerException.BadRequest("the offset must be 0 or more, and goes without after");
            }

            after = skip == 0 ? null : view.TryGetName(directory, skip - 1, out var before) ? before : "\uFFFF";
        }

        var page = view.List(directory, after, count);
        var entries = page.Names.Select(name => StoreReader.Describe(view, directory, name)).ToList();
        return TypedResults.Json(
            new TreeReply(view.Revision.Value, directory, stat.Length, page.More, entries), ViewerJson.Shapes.TreeReply);
    }

    private async Task<IResult> FindAsync(HttpContext context, string? glob, string? after, int? limit, long? revision)
    {
        var serving = node.Require();
        var view = await StoreReader.ReadAsync(serving, revision, context.RequestAborted);
        var pattern = StoreReader.RequireGlob(glob);
        var count = StoreReader.RequireLimit(limit, PageEntries, PageEntriesMax);
        await _searching.WaitAsync(context.RequestAborted);
        try
        {
            return TypedResults.Json(Find(view, pattern, after, count), ViewerJson.Shapes.FindReply);
        }
        finally
        {
            _searching.Release();
        }
    }

    private static FindReply Find(StoreView view, Glob glob, string? after, int limit)
    {
        var files = new List<FoundFile>();
        var more = false;
        foreach (var file in view.Walk(glob, after))
        {
            if (files.Count == limit)
            {
                more = true;
                break;
            }

            files.Add(new(file.Path, file.Revision.Value, file.Value.Length));
        }

        return new(view.Revision.Value, glob.Pattern, more, more ? files[^1].Path : null, files);
    }

    private async Task<IResult> GetAsync(HttpContext context, string? path, long? revision)
    {
        var serving = node.Require();
        var view = await StoreReader.ReadAsync(serving, revision, context.RequestAborted);
        return StoreReader.FindFile(view, StoreReader.RequirePath(serving, path)) is { } file
            ? TypedResults.Json(file, ViewerJson.Shapes.FileInfoReply)
            : throw NoFile(view, path!);
    }

    private async Task<IResult> GetRawAsync(HttpContext context, string? path, long? revision)
    {
        var serving = node.Require();
        var view = await StoreReader.ReadAsync(serving, revision, context.RequestAborted);
        var file = view.GetEntry(StoreReader.RequirePath(serving, path)) ?? throw NoFile(view, path!);
        context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        return Results.Bytes(
            file.Value, "application/octet-stream", file.Path[(file.Path.LastIndexOf('/') + 1)..], enableRangeProcessing: true);
    }

    private static ViewerException NoFile(StoreView view, string path) =>
        ViewerException.NotFound($"there is no file at {path} at revision {view.Revision}");
}
