namespace Doozer.Cli.Bench;

/// <summary>What a load does; the names and most defaults are those of etcd's own benchmark tool.</summary>
internal sealed record LoadSettings
{
    public WireProtocol Protocol { get; init; } = WireProtocol.Orleans;

    /// <summary>How many requests are under way at once.</summary>
    public int Clients { get; init; } = 1;

    /// <summary>Over how many connections.</summary>
    public int Connections { get; init; } = 1;

    /// <summary>How many requests in all, unless <see cref="Duration"/> says when to end.</summary>
    public long Total { get; init; } = 10_000;

    /// <summary>How long; null for <see cref="Total"/> requests.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How long the same load runs before anything is counted.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(3);

    public int KeySize { get; init; } = 8;

    public int ValueSize { get; init; } = 8;

    /// <summary>Requests per second; 0 is as fast as they are answered.</summary>
    public double Rate { get; init; }

    public long KeySpaceSize { get; init; } = 1;

    public bool SequentialKeys { get; init; }
}

/// <summary>The protocols.</summary>
internal enum WireProtocol
{
    Orleans,
    Tcp,
}
