using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Viewer.Access;

namespace Orleans.Doozer.Viewer.Api;

/// <summary>Changing files, never blindly.</summary>
internal sealed class WriteRoutes(ViewerNode node)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/file", PutAsync).WithMetadata(Needs.Write);
        routes.MapDelete("/api/file", DeleteAsync).WithMetadata(Needs.Write);
    }

    private async Task PutAsync(HttpContext context, string? path)
    {
        var serving = node.Require();
        var file = StoreReader.RequirePath(serving, path);
        var body = await ViewerJson.ReadAsync(context.Request, ViewerJson.Shapes.WriteBody);
        var value = ValuePreview.Parse(body.Encoding, body.Value);
        if (value.Length > serving.Options.MaxValueBytes)
        {
            throw new ViewerException(
                StatusCodes.Status413PayloadTooLarge, "limit",
                $"the value has {value.Length} bytes; at most {serving.Options.MaxValueBytes} are allowed");
        }

        await WriteAsync(context, serving, WriteKind.Set, file, value, body.Revision);
    }

    private async Task DeleteAsync(HttpContext context, string? path, long? revision)
    {
        var serving = node.Require();
        var file = StoreReader.RequirePath(serving, path);
        if (revision is not > 0)
        {
            throw ViewerException.BadRequest("the revision of the file as it was seen is needed");
        }

        await WriteAsync(context, serving, WriteKind.Delete, file, default, revision.Value);
    }

    private static async Task WriteAsync(
        HttpContext context, ServingNode serving, WriteKind kind, string path, ReadOnlyMemory<byte> value, long seen)
    {
        if (seen < 0)
        {
            throw ViewerException.BadRequest("the revision must be that of the file as it was seen, or 0 to create it");
        }

        // The store refuses what is newer than the revision given. That the file is still there only this look can tell.
        var view = await serving.Store.ReadAsync(DoozerRead.Linearizable, context.RequestAborted);
        if (view.Stat(path).Revision.Value != seen)
        {
            await ConflictAsync(context, view, path);
            return;
        }

        // Once sent it is carried out, whether the page waits or not.
        var request = new WriteRequest(serving.Store.NewRequestId(), kind, path, value, new(seen));
        var reply = await serving.Store.WriteAsync(request, CancellationToken.None);
        switch (reply.Error)
        {
            case DoozerErrorCode.None:
                await context.Response.WriteAsJsonAsync(
                    new WriteResult(reply.Revision.Value), ViewerJson.Shapes.WriteResult, cancellationToken: context.RequestAborted);
                break;
            case DoozerErrorCode.RevisionMismatch or DoozerErrorCode.IsDirectory or DoozerErrorCode.NotDirectory:
                await ConflictAsync(context, await serving.Store.ReadAsync(DoozerRead.Linearizable, context.RequestAborted), path);
                break;
            default:
                throw ViewerException.From(reply.Error, reply.Detail);
        }
    }

    private static Task ConflictAsync(HttpContext context, StoreView view, string path)
    {
        var stat = view.Stat(path);
        var message = stat.IsDirectory ? $"{path} is a directory now"
            : stat.IsFile ? $"{path} has revision {stat.Revision} now; nothing was changed"
            : $"{path} is not there, or lies below a file; nothing was changed";
        var problem = new ViewerException(StatusCodes.Status409Conflict, "conflict", message);
        return ErrorWriter.WriteAsync(context, problem, StoreReader.FindFile(view, path), stat.IsDirectory ? true : null);
    }
}
