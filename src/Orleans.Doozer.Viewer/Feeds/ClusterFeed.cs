using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Front;

namespace Orleans.Doozer.Viewer.Feeds;

/// <summary>How the cluster stands: each node's own word, beside what its files say.</summary>
internal sealed class ClusterFeed(TimeProvider time)
{
    private const int TextMax = 256;
    private readonly SharedAsk<ClusterFrame> _shared = new(TimeSpan.FromMilliseconds(900), time);

    public Task<ClusterFrame> ReadAsync(ServingNode serving) => _shared.GetAsync(serving, () => AskAsync(serving));

    private async Task<ClusterFrame> AskAsync(ServingNode serving)
    {
        var inspector = serving.Inspector;
        var answers = await NodeQuestion.AskAllAsync(inspector.Nodes, inspector.AskStatusAsync, time);
        var view = serving.Store.HasJoined ? serving.Store.Current : null;
        var slots = view is null ? [] : ControlFiles.VoterSlots(view);
        var applied = answers.Max(answer => answer.Answer?.Applied.Value) ?? 0;
        var own = serving.Store.Status;
        var nodes = answers.Select(answer =>
        {
            var slot = slots.Where(held => held.Voter == answer.Node).Select(held => held.Path).FirstOrDefault();
            var known = Describe(view, answer.Node, slot) with { Self = answer.Node == inspector.Self };
            return answer.Answer is { } status ? Describe(known, status, applied) : known with { Problem = answer.Problem };
        });
        return new(
            "cluster", time.GetUtcNow().ToUnixTimeMilliseconds(), own.ClusterName, own.ClusterId, own.Store, own.Node.Value,
            NodeQuestion.NameOf(own.Leader), [.. nodes]);
    }

    /// <summary>What the store's files say of a node.</summary>
    private static ClusterNode Describe(StoreView? view, NodeId node, string? slot) => new()
    {
        Node = node.Value,
        Self = false,
        Reachable = false,
        Role = "unknown",
        Address = Text(view, node, "addr"),
        Hostname = Text(view, node, "hostname"),
        Version = Text(view, node, "version"),
        Zone = Text(view, node, "zone"),
        Voter = slot is not null,
        CalSlot = slot?[(slot.LastIndexOf('/') + 1)..],
    };

    private static ClusterNode Describe(ClusterNode known, NodeStatus status, long applied) => known with
    {
        Reachable = true,
        Role = !status.HasJoined ? "joining" : status.Leader == status.Node ? "leader" : status.IsVoter ? "voter" : "follower",
        Address = status.Address,
        Hostname = status.HostName,
        Version = status.Version,
        Joined = status.HasJoined,
        Voter = status.IsVoter,
        IsBehind = status.IsBehind,
        Leader = NodeQuestion.NameOf(status.Leader),
        Ballot = NodeQuestion.NameOf(status.Ballot),
        Promised = NodeQuestion.NameOf(status.Promised),
        Decided = status.Decided.Value,
        Applied = status.Applied.Value,
        Accepted = status.Accepted.Value,
        Lag = applied - status.Applied.Value,
        Revision = status.Revision.Value,
        OldestRevision = status.OldestRevision.Value,
        Files = status.Files,
        Bytes = status.Bytes,
        UptimeMs = (long)status.Uptime.TotalMilliseconds,
        Journal = status.Journal,
        DataBytes = status.DataBytes,
        FreeBytes = status.FreeBytes,
    };

    private static string? Text(StoreView? view, NodeId node, string name) =>
        view is not null && ControlFiles.Text(view, ControlFiles.NodeFile(node, name)) is { } text
            ? text.Length <= TextMax ? text : text[..TextMax]
            : null;
}
