using System.Diagnostics;
using Orleans.Doozer.Benchmarks.Servers;

namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>CPU and memory around a run of a peer's load program, its warm-up included.</summary>
internal sealed class PeerMeter(IEnumerable<ServerProcess> processes)
{
    private readonly UsageMeter _servers = new(processes.Select(process => (process.Name, process.Id)));
    private readonly MachineMeter _machine = new();
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>The result with what was used.</summary>
    public LoadResult Stop(LoadResult result)
    {
        var elapsed = Stopwatch.GetElapsedTime(_started);
        var busy = _machine.Stop(elapsed);
        var servers = _servers.Stop(elapsed);
        return result with
        {
            Servers = servers,
            OtherCores = Math.Max(0, busy - servers.Sum(server => server.Cores) - (result.Load?.Cores ?? 0)),
        };
    }
}
