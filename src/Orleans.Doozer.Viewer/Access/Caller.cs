namespace Orleans.Doozer.Viewer.Access;

/// <summary>What somebody may do.</summary>
internal enum AccessLevel
{
    /// <summary>Sign in.</summary>
    None,

    /// <summary>Read.</summary>
    Read,

    /// <summary>Read and write.</summary>
    Write,
}

/// <summary>Whose request it is.</summary>
/// <param name="Level">What he may do.</param>
/// <param name="Session">His session; null without one.</param>
internal sealed record Caller(AccessLevel Level, string? Session);

/// <summary>On a route: what it needs.</summary>
internal sealed record Needs(AccessLevel Level)
{
    public static Needs Read { get; } = new(AccessLevel.Read);

    public static Needs Write { get; } = new(AccessLevel.Write);
}

/// <summary>On a route: open to everybody under any name, because it tells nothing of the store and probes know no names.</summary>
internal sealed record Probe
{
    public static Probe Instance { get; } = new();
}
