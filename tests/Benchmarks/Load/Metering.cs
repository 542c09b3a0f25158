using System.Diagnostics;
using Orleans.Doozer.Benchmarks.Servers;
using Orleans.Doozer.Benchmarks.Sessions;

namespace Orleans.Doozer.Benchmarks.Load;

/// <summary>Takes the CPU and memory of servers and load around a measurement and makes its result.</summary>
internal sealed class Metering(IReadOnlyList<(string Name, int ProcessId)> servers)
{
    /// <summary>Begins.</summary>
    public Meter Start() => new(new UsageMeter(servers), new UsageMeter([("load", Environment.ProcessId)]), new MachineMeter());

    /// <summary>A measurement under way.</summary>
    internal sealed class Meter(UsageMeter servers, UsageMeter load, MachineMeter machine)
    {
        private readonly long _started = Stopwatch.GetTimestamp();

        /// <summary>Ends and sums up.</summary>
        public LoadResult Stop(
            string workload, LoadSettings settings, SessionPool sessions, TimeSpan elapsed, long operations, Recorder recorder)
        {
            var wall = Stopwatch.GetElapsedTime(_started);
            var busy = machine.Stop(wall);
            var serverUsage = servers.Stop(wall);
            var loadUsage = load.Stop(wall)[0];
            return new LoadResult
            {
                Workload = workload,
                Protocol = settings.Protocol == WireProtocol.Tcp ? "tcp" : "orleans",
                Clients = settings.Clients,
                Connections = sessions.Count,
                Seconds = elapsed.TotalSeconds,
                Operations = operations,
                Latency = recorder.Latency,
                Errors = recorder.Errors,
                LastError = recorder.LastError,
                Servers = serverUsage,
                Load = loadUsage,
                OtherCores = serverUsage.Count == 0 ? null : Math.Max(0, busy - loadUsage.Cores - serverUsage.Sum(server => server.Cores)),
            };
        }
    }
}
