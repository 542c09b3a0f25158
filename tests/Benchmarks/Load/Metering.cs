using System.Diagnostics;
using Orleans.Doozer.Benchmarks.Servers;

namespace Orleans.Doozer.Benchmarks.Load;

/// <summary>Takes the CPU and memory of servers and load around a measurement.</summary>
internal sealed class Metering(IReadOnlyList<(string Name, int ProcessId)> servers) : IMetering
{
    public IMeter Start() => new Meter(new UsageMeter(servers), new UsageMeter([("load", Environment.ProcessId)]), new MachineMeter());

    private sealed class Meter(UsageMeter servers, UsageMeter load, MachineMeter machine) : IMeter
    {
        private readonly long _started = Stopwatch.GetTimestamp();

        public LoadResult Stop(
            string workload, LoadSettings settings, SessionPool sessions, TimeSpan elapsed, long operations, Recorder recorder)
        {
            var wall = Stopwatch.GetElapsedTime(_started);
            var busy = machine.Stop(wall);
            var serverUsage = servers.Stop(wall);
            var loadUsage = load.Stop(wall)[0];
            return LoadResult.Create(workload, settings, sessions, elapsed, operations, recorder) with
            {
                Servers = serverUsage,
                Load = loadUsage,
                OtherCores = serverUsage.Count == 0 ? null : Math.Max(0, busy - loadUsage.Cores - serverUsage.Sum(server => server.Cores)),
            };
        }
    }
}
