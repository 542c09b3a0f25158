namespace Orleans.Doozer;

/// <summary>How current a read must be.</summary>
public enum ReadConsistency
{
    /// <summary>Sees every write that was acknowledged before the read began, at whatever node. Costs one round to a majority.</summary>
    Linearizable = 0,

    /// <summary>Sees the given revision or a later one; waits for it when it is in the future.</summary>
    AtLeast = 1,

    /// <summary>Answers at once with what this node has applied; may be old. The reply carries its revision.</summary>
    Local = 2,

    /// <summary>The store exactly as it was at the given revision; waits for a future one; too late beyond the kept history.</summary>
    At = 3,
}

/// <summary>How current a read must be, with the revision that belongs to it.</summary>
/// <param name="Consistency">The rule.</param>
/// <param name="Revision">For <see cref="ReadConsistency.AtLeast"/> and <see cref="ReadConsistency.At"/>.</param>
[GenerateSerializer, Immutable, Alias("doozer.Read")]
public readonly record struct DoozerRead([property: Id(0)] ReadConsistency Consistency, [property: Id(1)] Revision Revision)
{
    /// <summary>The default: never stale.</summary>
    public static DoozerRead Linearizable => default;

    /// <summary>What the node has applied, at once.</summary>
    public static DoozerRead Local => new(ReadConsistency.Local, default);

    /// <summary>At least <paramref name="revision"/>: read your own writes without a quorum round.</summary>
    public static DoozerRead AtLeast(Revision revision) => new(ReadConsistency.AtLeast, revision);

    /// <summary>Exactly <paramref name="revision"/>: time travel.</summary>
    public static DoozerRead At(Revision revision) => new(ReadConsistency.At, revision);
}
