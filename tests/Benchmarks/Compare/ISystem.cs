using Orleans.Doozer.Benchmarks.Servers;

namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>The loads that systems are compared by.</summary>
internal enum Workload
{
    Put,
    LinearizableGet,
    LocalGet,
    Null,
    WatchLatency,
}

/// <summary>One load.</summary>
/// <param name="Workload">What it does.</param>
/// <param name="Clients">Requests under way.</param>
/// <param name="Keys">Size of the key space.</param>
/// <param name="Watches">For <see cref="Workload.WatchLatency"/>.</param>
internal sealed record LoadPlan(Workload Workload, int Clients, int Keys, int Watches = 0);

/// <summary>A system to be compared.</summary>
internal interface ISystem
{
    /// <summary>Its name in tables; also the key of its samples.</summary>
    string Name { get; }

    /// <summary>Why it cannot be run here; null when it can.</summary>
    string? Absence { get; }

    /// <summary>Starts three nodes of it, durable, in fresh directories.</summary>
    Task<IRunningSystem> StartAsync(CancellationToken cancellationToken);
}

/// <summary>Three nodes that run.</summary>
internal interface IRunningSystem : IAsyncDisposable
{
    /// <summary>The nodes, in the order of their endpoints.</summary>
    IReadOnlyList<ServerProcess> Processes { get; }

    /// <summary>The ways in, each measured on its own; the first is the one that the targets are about.</summary>
    IReadOnlyList<string> Protocols { get; }

    /// <summary>Runs a load against it; null when it has no such thing.</summary>
    Task<LoadResult?> RunAsync(string protocol, LoadPlan plan, TimeSpan warmUp, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Writes every key of a key space once; false when it has no such thing.</summary>
    Task<bool> FillAsync(int keys, CancellationToken cancellationToken);

    /// <summary>Which node leads; -1 when that cannot be told.</summary>
    Task<int> FindLeaderAsync(CancellationToken cancellationToken);

    /// <summary>Starts watches that see nothing, over a protocol; null when it has no such thing.</summary>
    Task<HelperProgram?> HoldAsync(string protocol, int watches, CancellationToken cancellationToken);

    /// <summary>Starts writers that tell the longest time without an acknowledged write, by what they stand for; those of the
    /// protocol itself talk to the nodes other than <paramref name="without"/>.</summary>
    Task<IReadOnlyDictionary<string, HelperProgram>> WriteWithoutPauseAsync(int without, CancellationToken cancellationToken);
}
