namespace Orleans.Doozer.Viewer.Feeds;

internal sealed record ClusterFrame(
    string Type, long At, string ClusterName, string ClusterId, string Store, string Self, string? Leader, IReadOnlyList<ClusterNode> Nodes);

internal sealed record ClusterNode
{
    public required string Node { get; init; }

    public required bool Self { get; init; }

    public required bool Reachable { get; init; }

    public string? Problem { get; init; }

    public required string Role { get; init; }

    public string? Address { get; init; }

    public string? Hostname { get; init; }

    public string? Version { get; init; }

    public string? Zone { get; init; }

    public bool? Joined { get; init; }

    public required bool Voter { get; init; }

    public string? CalSlot { get; init; }

    public bool? IsBehind { get; init; }

    public string? Leader { get; init; }

    public string? Ballot { get; init; }

    public string? Promised { get; init; }

    public long? Decided { get; init; }

    public long? Applied { get; init; }

    public long? Accepted { get; init; }

    public long? Lag { get; init; }

    public long? Revision { get; init; }

    public long? OldestRevision { get; init; }

    public long? Files { get; init; }

    public long? Bytes { get; init; }

    public long? UptimeMs { get; init; }

    public string? Journal { get; init; }

    public long? DataBytes { get; init; }

    public long? FreeBytes { get; init; }
}
