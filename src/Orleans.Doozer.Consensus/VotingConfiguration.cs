namespace Orleans.Doozer.Consensus;

/// <summary>The voters that are in force for a slot: a set of nodes, kept in order. A majority of them is a quorum.</summary>
public sealed class VotingConfiguration : IEquatable<VotingConfiguration>
{
    private readonly NodeId[] _voters;

    /// <summary>Makes a configuration; the same node twice counts once.</summary>
    public VotingConfiguration(IEnumerable<NodeId> voters)
    {
        _voters = [.. new SortedSet<NodeId>(voters)];
        Invariant.Require(_voters.Length > 0, "a configuration has at least one voter");
    }

    /// <summary>The voters in order.</summary>
    public IReadOnlyList<NodeId> Voters => _voters;

    /// <summary>How many voters make a quorum: any two majorities share a voter.</summary>
    public int QuorumSize => (_voters.Length / 2) + 1;

    /// <summary>Whether a node votes.</summary>
    public bool Contains(NodeId node) => Array.BinarySearch(_voters, node) >= 0;

    /// <summary>Whether the nodes for which <paramref name="answered"/> holds are a quorum.</summary>
    public bool IsQuorum(Predicate<NodeId> answered)
    {
        var count = 0;
        foreach (var voter in _voters)
        {
            count += answered(voter) ? 1 : 0;
        }

        return count >= QuorumSize;
    }

    /// <inheritdoc/>
    public bool Equals(VotingConfiguration? other) => other is not null && _voters.AsSpan().SequenceEqual(other._voters);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VotingConfiguration);

    /// <inheritdoc/>
    public override int GetHashCode() => _voters.Length;

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(' ', _voters)}}}";
}
