using System.Text.Json;
using System.Text.Json.Serialization;

namespace Doozer.Cli.Cluster;

/// <summary>The cluster's state as a program reads it. Names stay as they are and are only ever added; what is unknown is null.</summary>
internal sealed record StatusDocument(
    string? ClusterName,
    string? ClusterId,
    bool Healthy,
    string Summary,
    long? Revision,
    string? Leader,
    bool LeaderReachable,
    IReadOnlyList<string> Voters,
    int VotersReachable,
    int Quorum,
    bool QuorumReachable,
    IReadOnlyList<string> RegisterKeepers,
    IReadOnlyList<SlotDocument> Slots,
    IReadOnlyList<NodeDocument> Nodes)
{
    internal static string Of(ClusterState state)
    {
        var document = new StatusDocument(
            Known(state.Name),
            Known(state.ClusterId),
            state.IsHealthy,
            state.Summary,
            state.ClusterId.Length > 0 ? state.Revision : null,
            Known(state.Leader),
            state.LeaderAnswers,
            state.Voters,
            state.VotersReachable,
            state.Quorum,
            state.HasQuorum,
            state.RegisterKeepers,
            [.. state.Slots.Select(slot => new SlotDocument(slot.Name, Known(slot.Holder)))],
            [.. state.Nodes.Select(node => Of(node, state))]);
        return JsonSerializer.Serialize(document, StatusJson.Default.StatusDocument) + "\n";
    }

    private static NodeDocument Of(NodeState node, ClusterState state) => new(
        Known(node.Id),
        Known(node.Address),
        Known(node.HostName),
        StatusText.RoleOf(node),
        node.Votes,
        state.Slots.FirstOrDefault(slot => node.Id.Length > 0 && slot.Holder == node.Id)?.Name,
        node.Entry?.IsStandby ?? false,
        Name(node.Health),
        node.Reason.Length > 0 ? node.Reason : null,
        Known(node.Version),
        node.Report?.UptimeMs,
        node.Report?.Journal)
    {
        Lag = node.Report is { Joined: true } ? node.Lag : null,
        Revision = node.Report is { Joined: true } at ? at.Revision : null,
        OldestRevision = node.Report is { Joined: true } from ? from.OldestRevision : null,
        AppliedSlot = node.Report?.AppliedSlot,
        AcceptedSlot = node.Report?.AcceptedSlot,
        BallotRound = node.Report?.BallotRound,
        LeaderSeen = Known(node.Report?.Leader ?? ""),
        Files = node.Report?.Files,
        Bytes = node.Report?.Bytes,
    };

    private static string Name(NodeHealth health) => health switch
    {
        NodeHealth.Healthy => "healthy",
        NodeHealth.Behind => "behind",
        NodeHealth.Joining => "joining",
        NodeHealth.Unreachable => "unreachable",
        _ => "gone",
    };

    private static string? Known(string text) => text.Length > 0 ? text : null;
}

/// <summary>A CAL slot and the id of its holder.</summary>
internal sealed record SlotDocument(string Slot, string? Node);

/// <summary>One node.</summary>
internal sealed record NodeDocument(
    string? Id,
    string? Address,
    string? Hostname,
    string Role,
    bool Votes,
    string? Slot,
    bool Standby,
    string State,
    string? Reason,
    string? Version,
    long? UptimeMs,
    string? Journal)
{
    /// <summary>How many revisions it lacks.</summary>
    public long? Lag { get; init; }

    public long? Revision { get; init; }

    public long? OldestRevision { get; init; }

    public long? AppliedSlot { get; init; }

    public long? AcceptedSlot { get; init; }

    public long? BallotRound { get; init; }

    /// <summary>Who leads in this node's view.</summary>
    public string? LeaderSeen { get; init; }

    public long? Files { get; init; }

    public long? Bytes { get; init; }
}

/// <summary>The serializer, made at compile time: the ahead-of-time compiler has no other.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class StatusJson : JsonSerializerContext;
