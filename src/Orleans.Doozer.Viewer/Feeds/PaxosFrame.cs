namespace Orleans.Doozer.Viewer.Feeds;

internal sealed record PaxosFrame(string Type, long At, IReadOnlyList<PaxosNode> Nodes);

internal sealed record PaxosNode
{
    public required string Node { get; init; }

    public required bool Self { get; init; }

    public required bool Reachable { get; init; }

    public string? Problem { get; init; }

    public string? Leader { get; init; }

    public string? Ballot { get; init; }

    public string? Promised { get; init; }

    public long? Accepted { get; init; }

    public long? Decided { get; init; }

    public long? Applied { get; init; }

    public bool? Voter { get; init; }

    public IReadOnlyDictionary<string, long>? Counts { get; init; }

    public long? Dropped { get; init; }

    public IReadOnlyList<PaxosEvent>? Events { get; init; }
}

internal sealed record PaxosEvent(
    long N, long At, string Kind, string? Way, string? Peer, string? Ballot, long? Slot, string? Promised, int? Bytes, int? Entries,
    bool? Granted, IReadOnlyList<string>? Voters);
