namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>The names of what is measured, with the unit.</summary>
internal static class Measures
{
    public const string NullCalls = "null calls at 256 clients, ops/s";
    public const string LinearizableReads = "linearizable reads at 256 clients, ops/s";
    public const string LinearizableReadsP99 = "linearizable reads at 256 clients, p99 ms";
    public const string LocalReads = "local reads at 256 clients, ops/s";
    public const string GapKilled = "leader killed: no write for ms";
    public const string GapFrozen = "leader frozen: no write for ms";
    public const string LastWatcher = "one write seen by 10,000 watches, ms";
    public const string WritesWithoutIdleWatches = "writes without idle watches, ops/s";
    public const string WritesWithIdleWatches = "writes beside 100,000 idle watches, ops/s";
    public const string WritesAtFewKeys = "writes at 1,000 keys, ops/s";
    public const string WritesAtManyKeys = "writes at 1,000,000 keys, ops/s";
    public const string MemoryPerKey = "memory per key, bytes";

    /// <summary>Writes per second at so many clients.</summary>
    public static string Writes(int clients) => $"writes at {clients} clients, ops/s";

    /// <summary>Their median latency.</summary>
    public static string WritesP50(int clients) => $"writes at {clients} clients, p50 ms";

    /// <summary>Their 99th percentile.</summary>
    public static string WritesP99(int clients) => $"writes at {clients} clients, p99 ms";
}
