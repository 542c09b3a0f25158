using System.Globalization;
using Orleans.Doozer.Benchmarks.Compare;
using Orleans.Doozer.Benchmarks.Micro;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime;
using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Benchmarks.Scale;

/// <summary>
/// What a key, a kept revision and a watch take of memory: the bytes that are alive after a collection, in this process, with the classes
/// that doozerd runs. A node's resident memory is more: the collector keeps room.
/// </summary>
internal static class MemoryRun
{
    private const int FewKeys = 1000;
    private const int ManyKeys = 1_000_000;
    private const int History = 100_000;
    private const int WritesPerSlot = 50;
    private const int Watches = 100_000;
    private const int WatchesPerDirectory = 100;
    private const int Writers = 256;
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);

    public static async Task MeasureAsync(CancellationToken cancellationToken)
    {
        MeasureKeys();
        MeasureRevisions(FewKeys);
        MeasureRevisions(ManyKeys);
        await MeasureWatchesAsync(cancellationToken);
    }

    private static void MeasureKeys()
    {
        var few = LiveBytesOf(() => Files.Create(FewKeys));
        var many = LiveBytesOf(() => Files.Create(ManyKeys));
        Show($"a key: {(many - few) / (ManyKeys - FewKeys)} bytes, a value of {Comparison.ValueSize} and a path of {Files.Path(0).Length} characters among them");
    }

    private static void MeasureRevisions(int keys)
    {
        var without = LiveBytesOf(() => Rewrite(keys, FewKeys));
        var with = LiveBytesOf(() => Rewrite(keys, History));
        Show($"a revision of the history, with {keys} keys: {(with - without) / (History - FewKeys)} bytes");
    }

    /// <summary>A store whose files were written again at random, more often than its history is long.</summary>
    private static StateMachine Rewrite(int keys, int history)
    {
        var machine = Files.Create(keys, history);
        var random = new Random(1);
        for (var written = 0; written < History + (History / 2); written += WritesPerSlot)
        {
            machine.Apply(machine.Applied.Next, Files.Batch(Enumerable.Range(0, WritesPerSlot).Select(_ => random.Next(keys))));
            machine.ForgetBelow(machine.SnapshotCandidate);
        }

        return machine;
    }

    private static async Task MeasureWatchesAsync(CancellationToken cancellationToken)
    {
        await using var cluster = await DoozerTestCluster.StartAsync(nodes: 1, cancellationToken: cancellationToken);
        var doozer = cluster.Client;

        // Twice: the history is full before and after.
        await WriteAllAsync(doozer);
        await WriteAllAsync(doozer);
        var before = LiveBytes();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var from = (await doozer.RevisionAsync(cancellationToken: cancellationToken)).Next;
        using var seen = new CountdownEvent(Watches);
        Task[] watches = [.. Enumerable.Range(0, Watches).Select(watch => HoldAsync(doozer, PathOf(watch), from, seen, stop.Token))];
        await WriteAllAsync(doozer);
        await Task.Run(() => seen.Wait(cancellationToken), cancellationToken);
        Show($"a watch of an Orleans client: {(LiveBytes() - before) / Watches} bytes, at its client and its node together");
        await stop.CancelAsync();
        await Task.WhenAll(watches);

        using var stopWaiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        before = LiveBytes();
        Task[] waits = [.. Enumerable.Range(0, Watches).Select(watch => HoldAtNodeAsync(cluster.Nodes[0].Store, PathOf(watch), stopWaiting.Token))];
        Show($"a WAIT over TCP: {(LiveBytes() - before) / Watches} bytes at its node, without its connection");
        await stopWaiting.CancelAsync();
        await Task.WhenAll(waits);
    }

    private static async Task WriteAllAsync(IDoozer doozer)
    {
        var recorder = new Recorder();
        var value = new byte[Comparison.ValueSize];
        var phase = new LoadPhase(
            new LoadSettings { Clients = Writers }, (_, request) => doozer.SetAsync(PathOf(request), value, Revision.Clobber), recorder);
        await phase.RunAsync(Watches, null, CancellationToken.None);
        if (recorder.Errors.Count > 0)
        {
            throw new InvalidOperationException($"a write failed: {recorder.LastError}");
        }
    }

    private static async Task HoldAsync(IDoozer doozer, string path, Revision from, CountdownEvent seen, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in doozer.WatchAsync(path, from, cancellationToken))
            {
                seen.Signal();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It was asked to end.
        }
    }

    private static async Task HoldAtNodeAsync(IStoreNode node, string path, CancellationToken cancellationToken)
    {
        try
        {
            await node.WatchAsync(new WatchRequest(path, node.Current.Revision.Next, Wait, 1), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It was asked to end.
        }
    }

    private static string PathOf(long watch) =>
        string.Create(CultureInfo.InvariantCulture, $"/idle/{watch / WatchesPerDirectory:000000}/{watch % WatchesPerDirectory:000000}");

    private static long LiveBytesOf(Func<StateMachine> create)
    {
        var before = LiveBytes();
        var machine = create();
        var bytes = LiveBytes() - before;
        GC.KeepAlive(machine);
        return bytes;
    }

    private static long LiveBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Show(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
