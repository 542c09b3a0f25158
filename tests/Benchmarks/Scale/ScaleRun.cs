using System.Diagnostics;
using System.Globalization;
using Orleans.Doozer.Benchmarks.Compare;
using Orleans.Doozer.Benchmarks.Load;
using Orleans.Doozer.Benchmarks.Servers;
using Orleans.Doozer.Benchmarks.Sessions;

namespace Orleans.Doozer.Benchmarks.Scale;

/// <summary>The measurements of `scale`, each on nodes of its own; one line for each is printed as soon as it is there.</summary>
internal sealed class ScaleRun(ClusterSettings settings, TimeSpan warmUp, TimeSpan duration)
{
    private const string ClusterName = "local";
    private const int Clients = 256;
    private const int FewKeys = 1000;
    private const int ManyKeys = 1_000_000;
    private const int History = 100_000;
    private static readonly int[] Voters = [1, 3, 5, 7];
    private static readonly int[] Watches = [1, 1000, 100_000];

    // Of large values fewer at once: 64 MiB may be under way at a node.
    private static readonly (int Bytes, int Clients, int Keys)[] Values =
        [(16, 256, 1000), (128, 256, 1000), (1 << 10, 256, 1000), (16 << 10, 256, 1000), (128 << 10, 64, 100), (1 << 20, 16, 100)];

    public async Task MeasureVotersAsync(CancellationToken cancellationToken)
    {
        foreach (var voters in Voters)
        {
            await using var cluster = await DoozerdCluster.StartAsync(
                settings with { Nodes = voters, Options = ["--voters", Text(voters)] }, cancellationToken);
            Show($"{voters} voters", await PutAsync(cluster, Clients, FewKeys, Comparison.ValueSize, cancellationToken));
        }
    }

    public async Task MeasureValuesAsync(CancellationToken cancellationToken)
    {
        foreach (var (bytes, clients, keys) in Values)
        {
            await using var cluster = await DoozerdCluster.StartAsync(settings, cancellationToken);
            var result = await PutAsync(cluster, clients, keys, bytes, cancellationToken);
            Show($"values of {bytes} bytes, {clients} clients", result, $", {result.OperationsPerSecond * bytes / (1 << 20):0.0} MiB/s");
        }
    }

    public async Task MeasureWatchesAsync(CancellationToken cancellationToken)
    {
        await using var cluster = await DoozerdCluster.StartAsync(settings, cancellationToken);
        Show("no watches", await PutAsync(cluster, Clients, FewKeys, Comparison.ValueSize, cancellationToken));
        foreach (var watches in Watches)
        {
            await using var sessions = await OpenAsync(cluster, cancellationToken);
            var load = new LoadSettings { WarmUp = TimeSpan.Zero };
            var held = new WatchRun(load, new WatchSettings { Streams = 1, WatchesPerStream = watches }, sessions, Meter(cluster), new SilentView());
            await held.HoldAsync(async () =>
            {
                Show($"{watches} idle watches", await PutAsync(cluster, Clients, FewKeys, Comparison.ValueSize, cancellationToken));
            });
        }
    }

    public async Task MeasureStartAsync(CancellationToken cancellationToken)
    {
        foreach (var keys in new[] { FewKeys, ManyKeys })
        {
            await using var cluster = await DoozerdCluster.StartAsync(settings, cancellationToken);
            await FillAsync(cluster, keys, cancellationToken);
            await FillAsync(cluster, FewKeys, cancellationToken, writes: 2 * History);
            foreach (var process in cluster.Processes)
            {
                process.Kill();
            }

            var started = Stopwatch.GetTimestamp();
            for (var node = 0; node < cluster.Processes.Count; node++)
            {
                cluster.Restart(node);
            }

            for (var node = 0; node < cluster.Processes.Count; node++)
            {
                await cluster.WaitAsync(node, status => status.Joined && status.Leader.Length > 0, cancellationToken);
                await using var session = await TcpSession.OpenAsync(cluster.Endpoints[node].Address, cancellationToken);
                await session.RevisionAsync();
            }

            Show($"{keys} keys, a history of {History}, all three killed: serving again {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s after their start");
        }
    }

    public async Task MeasureJoinAsync(CancellationToken cancellationToken)
    {
        foreach (var keys in new[] { FewKeys, ManyKeys })
        {
            await using var cluster = await DoozerdCluster.StartAsync(settings, cancellationToken);
            await FillAsync(cluster, keys, cancellationToken);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await using var sessions = await OpenAsync(cluster, cancellationToken);
            var load = new LoadRun(
                Load(Clients, keys, Comparison.ValueSize) with { Duration = TimeSpan.FromHours(1), WarmUp = TimeSpan.Zero },
                sessions, Meter(cluster), new SilentView());
            var writing = load.PutAsync(stop.Token);
            await Task.Delay(warmUp, cancellationToken);

            // Where the leader was when the new one began: what comes after, it takes part in as the others do.
            var newcomer = cluster.Processes.Count;
            var (began, before) = (Stopwatch.GetTimestamp(), await ReadRevisionAsync(cluster, cancellationToken));
            cluster.Add();
            await cluster.WaitAsync(newcomer, status => status.Joined && status.Revision >= before, cancellationToken);
            var reached = Stopwatch.GetElapsedTime(began);
            await cluster.WaitAsync(newcomer, status => status.Joined && !status.Behind, cancellationToken);
            var (level, after) = (Stopwatch.GetElapsedTime(began), await ReadRevisionAsync(cluster, cancellationToken));
            await stop.CancelAsync();
            await IgnoreCancelAsync(writing);
            Show($"{keys} keys, {Clients} clients writing ({(after - before) / level.TotalSeconds:0}/s meanwhile): a fourth node has what was there {reached.TotalSeconds:0.0} s after its start, and is level after {level.TotalSeconds:0.0} s");
        }
    }

    private static async Task IgnoreCancelAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // It was asked to end.
        }
    }

    private static async Task<long> ReadRevisionAsync(DoozerdCluster cluster, CancellationToken cancellationToken)
    {
        await using var session = await TcpSession.OpenAsync(cluster.Endpoints[0].Address, cancellationToken);
        return await session.RevisionAsync();
    }

    private static Task<SessionPool> OpenAsync(DoozerdCluster cluster, CancellationToken cancellationToken) =>
        SessionOpener.OpenAsync(WireProtocol.Orleans, cluster.Endpoints, 1, ClusterName, cancellationToken);

    private static Metering Meter(DoozerdCluster cluster) => new([.. cluster.Processes.Select(process => (process.Name, process.Id))]);

    private static async Task FillAsync(DoozerdCluster cluster, int keys, CancellationToken cancellationToken, long? writes = null)
    {
        await using var sessions = await OpenAsync(cluster, cancellationToken);
        var load = Load(Clients, keys, Comparison.ValueSize) with { Total = writes ?? 0, WarmUp = TimeSpan.Zero };
        var run = new LoadRun(load, sessions, Meter(cluster), new SilentView());
        await (writes is null ? run.FillAsync(cancellationToken) : run.PutAsync(cancellationToken));
    }

    private static LoadSettings Load(int clients, int keys, int bytes) => new() { Clients = clients, KeySpaceSize = keys, ValueSize = bytes };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Show(string name, LoadResult result, FormattableString? more = null)
    {
        var failed = result.Errors.Values.Sum();
        Show($"{name}: {result.OperationsPerSecond:0} writes/s{FormattableString.Invariant(more ?? $"")}, p50 {result.Latency.P50:0.0} p99 {result.Latency.P99:0.0} ms, {result.Servers.Average(server => server.MemoryMb):0} MiB a node{(failed > 0 ? $", {failed} failed: {result.LastError}" : "")}");
    }

    private static void Show(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private async Task<LoadResult> PutAsync(DoozerdCluster cluster, int clients, int keys, int bytes, CancellationToken cancellationToken)
    {
        await using var sessions = await OpenAsync(cluster, cancellationToken);
        var load = Load(clients, keys, bytes) with { WarmUp = warmUp, Duration = duration };
        return await new LoadRun(load, sessions, Meter(cluster), new SilentView()).PutAsync(cancellationToken);
    }
}
