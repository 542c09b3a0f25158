using Orleans.Doozer.Benchmarks.Sessions;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>Which servers a load goes to.</summary>
/// <param name="Endpoints">Those that run already; none to start three.</param>
/// <param name="ProcessIds">Processes whose CPU and memory are told.</param>
/// <param name="ClusterName">The cluster's name.</param>
/// <param name="Doozerd">The program to start; null for the Release build.</param>
/// <param name="Data">Where started servers keep their data.</param>
internal sealed record ServerSettings(
    IReadOnlyList<Endpoint> Endpoints, IReadOnlyList<int> ProcessIds, string ClusterName, string? Doozerd, string Data);
