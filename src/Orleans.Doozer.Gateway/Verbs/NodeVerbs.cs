using Google.Protobuf;
using Orleans.Doozer.Gateway.Connections;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Verbs;

/// <summary>REV, SELF and ACCESS: what every client may ask.</summary>
internal static class NodeVerbs
{
    /// <summary>The store's revision, never stale: clients read the revision first and then everything else at it.</summary>
    public static async Task<Response> RevAsync(Transaction transaction)
    {
        var view = await transaction.Session.Node.ReadAsync(DoozerRead.Linearizable, transaction.Session.Aborted);
        return new() { Rev = view.Revision.Value };
    }

    /// <summary>The node's identity.</summary>
    public static Task<Response> SelfAsync(Transaction transaction) =>
        Task.FromResult(new Response { Value = ByteString.CopyFromUtf8(transaction.Session.Node.Self.Value) });

    /// <summary>Adds the rights of a secret. It takes effect for all requests that come after it, answered or not.</summary>
    public static Task<Response> AccessAsync(Transaction transaction) =>
        Task.FromResult(transaction.Session.Rights.TryGrant(transaction.Request.Value.Span) ? new Response() : Refusals.AccessDenied());
}
