using Google.Protobuf;
using Orleans.Doozer.Gateway.Connections;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Verbs;

/// <summary>WAIT.</summary>
internal static class WatchVerbs
{
    /// <summary>The first change that matches, on or after a revision; 0 and less mean 1. All four fields are always there: Doozer's
    /// clients take them without asking.</summary>
    public static async Task<Response> WaitAsync(Transaction transaction)
    {
        if (!transaction.Session.Rights.CanRead)
        {
            return Refusals.AccessDenied();
        }

        if (transaction.Path is not { } pattern || !transaction.Request.HasRev)
        {
            return Refusals.MissingArgument();
        }

        if (!GlobArgument.TryParse(pattern, out _, out var refusal))
        {
            return refusal;
        }

        var change = await transaction.WaitAsync(pattern, new(Math.Max(transaction.Request.Rev, 1)));
        return new()
        {
            Path = change.Path,
            Value = UnsafeByteOperations.UnsafeWrap(change.Value),
            Rev = change.Revision.Value,
            Flags = change.Kind switch
            {
                DoozerEventKind.Set => ResponseFlags.Set,
                DoozerEventKind.Delete => ResponseFlags.Delete,
                _ => ResponseFlags.None,
            },
        };
    }
}
