using Orleans.Doozer.Gateway.Connections;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Verbs;

/// <summary>SET, DEL and NOP. Once begun they are carried out whether or not the client is still there: it may send one and hang up,
/// as it could with Doozer. The store gives each a deadline.</summary>
internal static class WriteVerbs
{
    /// <summary>Writes a file; answers with the revision.</summary>
    public static async Task<Response> SetAsync(Transaction transaction)
    {
        if (CheckFile(transaction) is { } refusal)
        {
            return refusal;
        }

        var value = transaction.Request.Value.Memory;
        var limit = transaction.Session.Options.MaxValueBytes;
        if (value.Length > limit)
        {
            return Refusals.LimitExceeded($"the value has {value.Length} bytes; at most {limit} are allowed");
        }

        var reply = await WriteAsync(transaction, WriteKind.Set, transaction.Path!, value);
        return reply.Error == DoozerErrorCode.None ? new() { Rev = reply.Revision.Value } : Refusals.Of(reply.Error, reply.Detail);
    }

    /// <summary>Deletes a file; answers with nothing.</summary>
    public static async Task<Response> DeleteAsync(Transaction transaction)
    {
        if (CheckFile(transaction) is { } refusal)
        {
            return refusal;
        }

        var reply = await WriteAsync(transaction, WriteKind.Delete, transaction.Path!, default);
        return reply.Error == DoozerErrorCode.None ? new() : Refusals.Of(reply.Error, reply.Detail);
    }

    /// <summary>Takes a revision; answers with nothing.</summary>
    public static async Task<Response> NopAsync(Transaction transaction)
    {
        if (CheckRights(transaction) is { } refusal)
        {
            return refusal;
        }

        var reply = await WriteAsync(transaction, WriteKind.Nop, DoozerPath.Root, default);
        return reply.Error == DoozerErrorCode.None ? new() : Refusals.Of(reply.Error, reply.Detail);
    }

    private static Response? CheckRights(Transaction transaction)
    {
        if (!transaction.Session.Rights.CanWrite)
        {
            return Refusals.AccessDenied();
        }

        return transaction.Session.Node.HasJoined ? null : Refusals.Of(DoozerErrorCode.ReadOnly);
    }

    private static Response? CheckFile(Transaction transaction)
    {
        if (CheckRights(transaction) is { } refusal)
        {
            return refusal;
        }

        if (transaction.Path is null || !transaction.Request.HasRev)
        {
            return Refusals.MissingArgument();
        }

        return DoozerPath.IsValid(transaction.Path) ? null : Refusals.Of(DoozerErrorCode.BadPath);
    }

    private static Task<WriteReply> WriteAsync(
        Transaction transaction, WriteKind kind, string path, ReadOnlyMemory<byte> value)
    {
        var node = transaction.Session.Node;
        return node.WriteAsync(
            new(node.NewRequestId(), kind, path, value, new(transaction.Request.Rev)), CancellationToken.None);
    }
}
