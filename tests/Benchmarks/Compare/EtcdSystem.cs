using System.Globalization;
using Orleans.Doozer.Benchmarks.Servers;

namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>Three etcd with their defaults, loaded by the Go program under Peers.</summary>
internal sealed class EtcdSystem(PeerPrograms programs, string data) : ISystem
{
    public const string SystemName = "etcd";

    public string Name => SystemName;

    public string? Absence => programs.WhyNoEtcd;

    public async Task<IRunningSystem> StartAsync(CancellationToken cancellationToken)
    {
        var running = new Running(programs.EtcdLoad, Directory.CreateDirectory(Path.Combine(data, $"etcd-{Guid.NewGuid():N}")).FullName);
        try
        {
            await running.StartAsync(cancellationToken);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    private sealed class Running(string load, string directory) : IRunningSystem
    {
        private const int Nodes = 3;
        private const int Connections = 16;
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
        private readonly List<ServerProcess> _processes = [];
        private readonly List<int> _ports = FreePorts.Find(Nodes, 10_000);

        public IReadOnlyList<ServerProcess> Processes => _processes;

        public IReadOnlyList<string> Protocols => ["grpc"];

        private IEnumerable<string> Endpoints => _ports.Select(port => $"127.0.0.1:{port}");

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            var members = string.Join(',', _ports.Select((port, index) => $"n{index}=http://127.0.0.1:{port + 10_000}"));
            for (var i = 0; i < Nodes; i++)
            {
                var client = $"http://127.0.0.1:{_ports[i]}";
                var peer = $"http://127.0.0.1:{_ports[i] + 10_000}";
                string[] arguments =
                [
                    "--name", $"n{i}", "--data-dir", Path.Combine(directory, $"n{i}"), "--listen-client-urls", client,
                    "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                    "--initial-cluster", members, "--initial-cluster-state", "new",
                ];
                _processes.Add(new ServerProcess($"etcd-{i}", "etcd", arguments, directory));
            }

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            while (await FindLeaderAsync(patience.Token) < 0)
            {
                await Task.Delay(100, patience.Token);
            }
        }

        public async Task<LoadResult?> RunAsync(
            string protocol, LoadPlan plan, TimeSpan warmUp, TimeSpan duration, CancellationToken cancellationToken)
        {
            var operation = plan.Workload switch
            {
                Workload.Put => "put",
                Workload.LinearizableGet => "get",
                Workload.LocalGet => "sget",
                Workload.WatchLatency => "watch",
                _ => null,
            };
            if (operation is null)
            {
                return null;
            }

            var meter = new PeerMeter(_processes);
            var result = await LoadProgram.MeasureAsync(
                load,
                [
                    .. Arguments(operation, Math.Min(Math.Max(plan.Clients, plan.Watches), Connections)), "-clients", Text(plan.Clients),
                    "-keys", Text(plan.Keys), "-watchers", Text(plan.Watches), "-warm-up", $"{Text(warmUp.TotalSeconds)}s",
                    "-duration", $"{Text(duration.TotalSeconds)}s", "-val-size", Text(Comparison.ValueSize),
                ],
                cancellationToken);
            return meter.Stop(result);
        }

        public async Task<bool> FillAsync(int keys, CancellationToken cancellationToken)
        {
            await LoadProgram.RunAsync(
                load, [.. Arguments("fill", Connections), "-keys", Text(keys), "-val-size", Text(Comparison.ValueSize)], cancellationToken);
            return true;
        }

        public async Task<int> FindLeaderAsync(CancellationToken cancellationToken) => int.Parse(
            await LoadProgram.RunAsync(load, Arguments("leader", 1), cancellationToken), CultureInfo.InvariantCulture);

        public async Task<HelperProgram?> HoldAsync(string protocol, int watches, CancellationToken cancellationToken) =>
            await HelperProgram.StartAsync(load, [.. Arguments("idle", Connections), "-watchers", Text(watches)], cancellationToken);

        public async Task<IReadOnlyDictionary<string, HelperProgram>> WriteWithoutPauseAsync(int without, CancellationToken cancellationToken)
        {
            var others = string.Join(',', Endpoints.Where((_, index) => index != without));
            return new Dictionary<string, HelperProgram>
            {
                ["grpc"] = await HelperProgram.StartAsync(
                    load, ["-op", "gap", "-endpoints", others, "-clients", "8", "-conns", "2"], cancellationToken),
            };
        }

        public ValueTask DisposeAsync()
        {
            _processes.ForEach(process => process.Dispose());
            Directory.Delete(directory, recursive: true);
            return ValueTask.CompletedTask;
        }

        private string[] Arguments(string operation, int connections) =>
            ["-op", operation, "-endpoints", string.Join(',', Endpoints), "-conns", Text(connections)];

        private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
