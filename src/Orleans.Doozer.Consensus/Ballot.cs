namespace Orleans.Doozer.Consensus;

/// <summary>
/// A proposal number: a round and the node that drew it, so that no two nodes ever own the same one. Ordered by round, then node.
/// One ballot carries one value per slot, for ever (Paxos Made Simple, section 2.2).
/// </summary>
/// <param name="Round">The round, 0 or more.</param>
/// <param name="Node">The proposer.</param>
[GenerateSerializer, Immutable, Alias("doozer.Ballot")]
public readonly record struct Ballot([property: Id(0)] long Round, [property: Id(1)] NodeId Node) : IComparable<Ballot>
{
    /// <summary>Before every ballot: nothing was promised or accepted.</summary>
    public static Ballot Zero => default;

    /// <summary>The lowest ballot of <paramref name="node"/> above this one.</summary>
    public Ballot NextFor(NodeId node) => new(Round + 1, node);

    /// <inheritdoc/>
    public int CompareTo(Ballot other)
    {
        var byRound = Round.CompareTo(other.Round);
        return byRound != 0 ? byRound : Node.CompareTo(other.Node);
    }

    /// <summary>Lower.</summary>
    public static bool operator <(Ballot left, Ballot right) => left.CompareTo(right) < 0;

    /// <summary>Higher.</summary>
    public static bool operator >(Ballot left, Ballot right) => left.CompareTo(right) > 0;

    /// <summary>Not higher.</summary>
    public static bool operator <=(Ballot left, Ballot right) => left.CompareTo(right) <= 0;

    /// <summary>Not lower.</summary>
    public static bool operator >=(Ballot left, Ballot right) => left.CompareTo(right) >= 0;

    /// <summary>The higher of two.</summary>
    public static Ballot Max(Ballot left, Ballot right) => left >= right ? left : right;

    /// <inheritdoc/>
    public override string ToString() => $"{Round}.{Node}";
}
