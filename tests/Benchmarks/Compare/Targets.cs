namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>A measure of ours against another, or against a number, and what was aimed at.</summary>
/// <param name="Text">What is aimed at.</param>
/// <param name="OurSystem">Which way into ours.</param>
/// <param name="Ours">Our measure.</param>
/// <param name="OtherSystem">Whose measure it is divided by; null where the limit is absolute.</param>
/// <param name="Other">The measure that it is divided by.</param>
/// <param name="Limit">The least, or the most.</param>
/// <param name="IsLeast">Whether more is better.</param>
internal sealed record Target(
    string Text, string OurSystem, string Ours, string? OtherSystem, string Other, double Limit, bool IsLeast)
{
    private const string Orleans = DoozerSystem.SystemName;
    private const string Tcp = $"{DoozerSystem.SystemName} tcp";
    private const string Etcd = EtcdSystem.SystemName;
    private const double FrozenMs = 1500;

    /// <summary>All targets (design, section 8).</summary>
    public static IReadOnlyList<Target> All { get; } =
    [
        .. LoadsOfEtcd(Orleans, ""),
        .. LoadsOfEtcd(Tcp, " over TCP"),
        new("linearizable reads, of null calls", Orleans, Measures.LinearizableReads, Orleans, Measures.NullCalls, 0.5, true),
        new("local reads at 256 clients, of ZooKeeper's", Orleans, Measures.LocalReads, ZooKeeperSystem.SystemName, Measures.LocalReads, 1, true),
        new("gap after kill -9 of the leader, at the other nodes, of etcd's", Tcp, Measures.GapKilled, Etcd, Measures.GapKilled, 0.5, false),
        OfEtcd("the same as an Orleans application sees it", Measures.GapKilled, 0.5, isLeast: false),
        new("gap after SIGSTOP of the leader, at the other nodes, ms", Tcp, Measures.GapFrozen, null, "", FrozenMs, false),
        new("the same as an Orleans application sees it, ms", Orleans, Measures.GapFrozen, null, "", FrozenMs, false),
        OfEtcd("one write seen by 10,000 watches", Measures.LastWatcher, 0.5, isLeast: false),
        OfSelf("writes at 1,000,000 keys, of those at 1,000", Orleans, Measures.WritesAtManyKeys, Measures.WritesAtFewKeys),
        OfSelf("writes beside 100,000 idle watches, of those without", Orleans, Measures.WritesWithIdleWatches, Measures.WritesWithoutIdleWatches),
        OfSelf("the same with the watches over TCP", Tcp, Measures.WritesWithIdleWatches, Measures.WritesWithoutIdleWatches),
        OfEtcd("memory per key", Measures.MemoryPerKey, 1, isLeast: false),
    ];

    /// <summary>What was reached; null when it was not measured.</summary>
    public double? Reached(Samples samples)
    {
        var ours = samples.Median(OurSystem, Ours);
        return OtherSystem is null ? ours : ours / samples.Median(OtherSystem, Other);
    }

    /// <summary>Whether ours could not even be measured.</summary>
    public bool HasFailed(Samples samples) => samples.Median(OurSystem, Ours) is null && samples.Failures(OurSystem, Ours) > 0;

    /// <summary>Whether that is enough.</summary>
    public bool IsMet(double reached) => IsLeast ? reached >= Limit : reached <= Limit;

    private static IEnumerable<Target> LoadsOfEtcd(string system, string way) =>
    [
        OfEtcd($"writes at 64 clients{way}", Measures.Writes(64), 3, isLeast: true, system),
        OfEtcd($"writes at 256 clients{way}", Measures.Writes(256), 6, isLeast: true, system),
        OfEtcd($"writes at 1,000 clients{way}", Measures.Writes(1000), 6, isLeast: true, system),
        OfEtcd($"p50 of a write at one client{way}", Measures.WritesP50(1), 0.5, isLeast: false, system),
        OfEtcd($"p99 of writes at 256 clients{way}", Measures.WritesP99(256), 0.3, isLeast: false, system),
        OfEtcd($"linearizable reads at 256 clients{way}", Measures.LinearizableReads, 8, isLeast: true, system),
    ];

    private static Target OfEtcd(string text, string measure, double limit, bool isLeast, string system = Orleans) =>
        new($"{text}, of etcd's", system, measure, Etcd, measure, limit, isLeast);

    private static Target OfSelf(string text, string system, string measure, string other) =>
        new(text, system, measure, Orleans, other, 0.9, IsLeast: true);
}
