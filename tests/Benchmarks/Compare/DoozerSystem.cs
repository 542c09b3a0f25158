using System.Globalization;
using Orleans.Doozer.Benchmarks.Servers;

namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>Three doozerd, loaded by this very program.</summary>
internal sealed class DoozerSystem(string doozerd, string data, int connections) : ISystem
{
    public const string SystemName = "doozer";

    public string Name => SystemName;

    public string? Absence => null;

    public async Task<IRunningSystem> StartAsync(CancellationToken cancellationToken) =>
        new Running(await DoozerdCluster.StartAsync(new ClusterSettings(doozerd, data), cancellationToken), connections);

    private sealed class Running(DoozerdCluster cluster, int connections) : IRunningSystem
    {
        // Over TCP a connection reaches one node: as many as the peers' programs have.
        private const int TcpConnections = 16;
        private const int WatchPuts = 10;

        // The gateway takes 4,096 waiting requests on a connection.
        private const int WatchesPerConnection = 2000;

        // Not the process's own path: that is dotnet when it was started as "dotnet Orleans.Doozer.Benchmarks.dll".
        private static readonly string Self = Path.Combine(
            AppContext.BaseDirectory, typeof(DoozerSystem).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : ""));

        public IReadOnlyList<ServerProcess> Processes => cluster.Processes;

        public IReadOnlyList<string> Protocols => ["orleans", "tcp"];

        public async Task<LoadResult?> RunAsync(
            string protocol, LoadPlan plan, TimeSpan warmUp, TimeSpan duration, CancellationToken cancellationToken)
        {
            string[]? verb = plan.Workload switch
            {
                Workload.Put => ["put"],
                Workload.LinearizableGet => ["range"],
                Workload.LocalGet when protocol == "orleans" => ["range", "--consistency", "s"],
                Workload.Null => ["null"],
                Workload.WatchLatency when protocol == "orleans" =>
                    ["watch-latency", "--streams", "1", "--watch-per-stream", Text(plan.Watches), "--put-total", Text(WatchPuts), "--put-rate", "2"],
                _ => null,
            };
            return verb is null ? null : await LoadProgram.MeasureAsync(
                Self,
                [
                    .. verb, .. Target(protocol, plan.Clients), "--key-space-size", Text(plan.Keys), "--warm-up", Text(warmUp.TotalSeconds),
                    "--duration", Text(duration.TotalSeconds), "--json",
                ],
                cancellationToken);
        }

        public async Task<bool> FillAsync(int keys, CancellationToken cancellationToken)
        {
            await LoadProgram.RunAsync(Self, ["fill", .. Target("orleans", 1), "--key-space-size", Text(keys)], cancellationToken);
            return true;
        }

        public Task<int> FindLeaderAsync(CancellationToken cancellationToken) => cluster.FindLeaderAsync(cancellationToken);

        public async Task<HelperProgram?> HoldAsync(string protocol, int watches, CancellationToken cancellationToken) =>
            await HelperProgram.StartAsync(
                Self, ["hold", .. Target(protocol, watches, watches / WatchesPerConnection), "--watches", Text(watches)], cancellationToken);

        public async Task<IReadOnlyDictionary<string, HelperProgram>> WriteWithoutPauseAsync(int without, CancellationToken cancellationToken)
        {
            var others = string.Join(',', cluster.Endpoints.Where((_, index) => index != without));
            return new Dictionary<string, HelperProgram>
            {
                ["tcp"] = await HelperProgram.StartAsync(
                    Self, ["gap", "--protocol", "tcp", "--endpoints", others, "--clients", "8", "--conns", "2"], cancellationToken),
                ["orleans"] = await HelperProgram.StartAsync(
                    Self, ["gap", "--endpoints", string.Join(',', cluster.Endpoints), "--clients", "8"], cancellationToken),
            };
        }

        public ValueTask DisposeAsync() => cluster.DisposeAsync();

        private string[] Target(string protocol, int clients, int tcpConnections = TcpConnections) =>
        [
            "--protocol", protocol, "--endpoints", string.Join(',', cluster.Endpoints),
            "--pids", string.Join(',', cluster.Processes.Select(process => process.Id)), "--clients", Text(clients),
            "--conns", Text(Math.Min(clients, protocol == "tcp" ? tcpConnections : connections)), "--val-size", Text(Comparison.ValueSize),
        ];

        private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
