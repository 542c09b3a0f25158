using Google.Protobuf;
using Orleans.Doozer.Gateway.Connections;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Verbs;

/// <summary>GET, STAT, GETDIR and WALK. The order of the checks is Doozer's: clients can see it.</summary>
internal static class ReadVerbs
{
    /// <summary>A file's content and revision. What is missing, or no path at all, is an empty value at revision 0, not an error.</summary>
    public static async Task<Response> GetAsync(Transaction transaction)
    {
        if (!transaction.Session.Rights.CanRead)
        {
            return Refusals.AccessDenied();
        }

        if (transaction.Path is not { } path)
        {
            return Refusals.MissingArgument();
        }

        var content = (await transaction.ReadAsync()).Get(path);
        return content.Revision == Revision.Directory
            ? Refusals.Of(DoozerErrorCode.IsDirectory)
            : new() { Rev = content.Revision.Value, Value = UnsafeByteOperations.UnsafeWrap(content.Value) };
    }

    /// <summary>What is at a path. No path is a path where nothing is.</summary>
    public static async Task<Response> StatAsync(Transaction transaction)
    {
        if (!transaction.Session.Rights.CanRead)
        {
            return Refusals.AccessDenied();
        }

        var stat = (await transaction.ReadAsync()).Stat(transaction.Path ?? "");
        return new() { Len = stat.Length, Rev = stat.Revision.Value };
    }

    /// <summary>The n-th name in a directory.</summary>
    public static async Task<Response> GetDirAsync(Transaction transaction)
    {
        if (!transaction.Session.Rights.CanRead)
        {
            return Refusals.AccessDenied();
        }

        if (transaction.Path is not { } path || !transaction.Request.HasOffset)
        {
            return Refusals.MissingArgument();
        }

        var view = await transaction.ReadAsync();
        var revision = view.Stat(path).Revision;
        if (revision == Revision.Missing)
        {
            return Refusals.Of(DoozerErrorCode.NoEntry);
        }

        if (revision != Revision.Directory)
        {
            return Refusals.Of(DoozerErrorCode.NotDirectory);
        }

        return transaction.Request.Offset >= 0 && view.TryGetName(path, transaction.Request.Offset, out var name)
            ? new() { Path = name }
            : Refusals.Of(DoozerErrorCode.Range);
    }

    /// <summary>The n-th file that matches a glob.</summary>
    public static async Task<Response> WalkAsync(Transaction transaction)
    {
        if (!transaction.Session.Rights.CanRead)
        {
            return Refusals.AccessDenied();
        }

        if (transaction.Path is not { } pattern || !transaction.Request.HasOffset)
        {
            return Refusals.MissingArgument();
        }

        if (!GlobArgument.TryParse(pattern, out var glob, out var refusal))
        {
            return refusal;
        }

        if (transaction.Request.Offset < 0)
        {
            return Refusals.Of(DoozerErrorCode.Range);
        }

        var view = await transaction.ReadAsync();
        if (await transaction.Session.WalkAsync(view, glob, transaction.Request.Offset) is not { } file)
        {
            return Refusals.Of(DoozerErrorCode.Range);
        }

        return new()
        {
            Path = file.Path,
            Value = UnsafeByteOperations.UnsafeWrap(file.Value),
            Rev = file.Revision.Value,
            Flags = ResponseFlags.Set,
        };
    }
}
