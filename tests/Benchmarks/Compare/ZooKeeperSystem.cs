using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Orleans.Doozer.Benchmarks.Servers;

namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>Three ZooKeeper with the documented configuration, loaded by the Go program under Peers.</summary>
internal sealed class ZooKeeperSystem(PeerPrograms programs, string data) : ISystem
{
    public const string SystemName = "zookeeper";

    public string Name => SystemName;

    public string? Absence => programs.WhyNoZooKeeper;

    public async Task<IRunningSystem> StartAsync(CancellationToken cancellationToken)
    {
        var running = new Running(programs.ZooKeeperLoad, Directory.CreateDirectory(Path.Combine(data, $"zookeeper-{Guid.NewGuid():N}")).FullName);
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
        private readonly List<int> _ports = FreePorts.Find(Nodes, 10_000, 20_000);

        public IReadOnlyList<ServerProcess> Processes => _processes;

        public IReadOnlyList<string> Protocols => ["zookeeper"];

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            var servers = string.Join('\n', _ports.Select((port, index) => $"server.{index + 1}=127.0.0.1:{port + 10_000}:{port + 20_000}"));
            for (var i = 0; i < Nodes; i++)
            {
                var home = Directory.CreateDirectory(Path.Combine(directory, $"d{i}")).FullName;
                var configuration = Path.Combine(directory, $"c{i}.cfg");
                await File.WriteAllTextAsync(Path.Combine(home, "myid"), Text(i + 1), cancellationToken);
                await File.WriteAllTextAsync(
                    configuration,
                    $"tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir={home}\nclientPort={_ports[i]}\nclientPortAddress=127.0.0.1\n"
                    + $"admin.enableServer=false\nmaxClientCnxns=0\n4lw.commands.whitelist=srvr\n{servers}\n",
                    cancellationToken);
                string[] arguments =
                [
                    "-Xmx1g", "-Dzookeeper.admin.enableServer=false", "-cp", PeerPrograms.ZooKeeperClassPath,
                    "org.apache.zookeeper.server.quorum.QuorumPeerMain", configuration,
                ];
                _processes.Add(new ServerProcess($"zookeeper-{i}", "java", arguments, directory));
            }

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            foreach (var port in _ports)
            {
                while (!await ServesAsync(port, patience.Token))
                {
                    await Task.Delay(200, patience.Token);
                }
            }
        }

        public async Task<LoadResult?> RunAsync(
            string protocol, LoadPlan plan, TimeSpan warmUp, TimeSpan duration, CancellationToken cancellationToken)
        {
            var operation = plan.Workload switch { Workload.Put => "put", Workload.LocalGet => "get", _ => null };
            if (operation is null)
            {
                return null;
            }

            var meter = new PeerMeter(_processes);
            var result = await LoadProgram.MeasureAsync(
                load,
                [
                    "-op", operation, "-endpoints", string.Join(',', _ports.Select(port => $"127.0.0.1:{port}")), "-clients", Text(plan.Clients),
                    "-conns", Text(Math.Min(plan.Clients, Connections)), "-keys", Text(plan.Keys), "-val-size", Text(Comparison.ValueSize),
                    "-warm-up", $"{Text(warmUp.TotalSeconds)}s", "-duration", $"{Text(duration.TotalSeconds)}s",
                ],
                cancellationToken);
            return meter.Stop(result);
        }

        public Task<bool> FillAsync(int keys, CancellationToken cancellationToken) => Task.FromResult(false);

        public Task<int> FindLeaderAsync(CancellationToken cancellationToken) => Task.FromResult(-1);

        public Task<HelperProgram?> HoldAsync(string protocol, int watches, CancellationToken cancellationToken) => Task.FromResult<HelperProgram?>(null);

        public Task<IReadOnlyDictionary<string, HelperProgram>> WriteWithoutPauseAsync(int without, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<string, HelperProgram>>(new Dictionary<string, HelperProgram>());

        public ValueTask DisposeAsync()
        {
            _processes.ForEach(process => process.Dispose());
            Directory.Delete(directory, recursive: true);
            return ValueTask.CompletedTask;
        }

        private static async Task<bool> ServesAsync(int port, CancellationToken cancellationToken)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port, cancellationToken);
                await client.GetStream().WriteAsync("srvr"u8.ToArray(), cancellationToken);
                using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
                return (await reader.ReadToEndAsync(cancellationToken)).Contains("Mode:", StringComparison.Ordinal);
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // Not up yet.
                return false;
            }
        }

        private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
