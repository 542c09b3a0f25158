using Google.Protobuf;
using Orleans.Doozer.Gateway.Connections;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Verbs;

/// <summary>REV, SELF and ACCESS, which every client may ask; and STATUS.</summary>
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

    /// <summary>How this node stands, by its own word: without a quorum, and before it has joined.</summary>
    public static Task<Response> StatusAsync(Transaction transaction)
    {
        if (!transaction.Session.Rights.CanRead)
        {
            return Task.FromResult(Refusals.AccessDenied());
        }

        var status = transaction.Session.Node.Status;
        var report = new StatusReport
        {
            Node = status.Node.Value,
            Store = status.Store,
            Address = status.Address,
            Hostname = status.HostName,
            Version = status.Version,
            UptimeMs = (long)status.Uptime.TotalMilliseconds,
            ClusterName = status.ClusterName,
            ClusterId = status.ClusterId,
            Journal = status.Journal,
            Joined = status.HasJoined,
            Leader = status.Leader.Value,
            BallotRound = status.BallotRound,
            Votes = status.IsVoter,
            Behind = status.IsBehind,
            AppliedSlot = status.Applied.Value,
            AcceptedSlot = status.Accepted.Value,
            Revision = status.Revision.Value,
            OldestRevision = status.OldestRevision.Value,
            Files = status.Files,
            Bytes = status.Bytes,
        };
        report.Voters.AddRange(status.Voters.Select(voter => voter.Value));
        report.Register.AddRange(transaction.Session.Options.MembershipKeepers?.Invoke() ?? []);
        return Task.FromResult(new Response { Value = report.ToByteString() });
    }
}
