namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>Writes at several numbers of clients.</summary>
internal static class WriteMeasurements
{
    private const int Keys = 1000;
    private static readonly int[] Clients = [1, 64, 256, 1000];

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        await bench.WarmUpAsync(new LoadPlan(Workload.Put, 256, Keys), cancellationToken);
        foreach (var clients in Clients)
        {
            await bench.MeasureAsync(
                new LoadPlan(Workload.Put, clients, Keys),
                result =>
                [
                    (Measures.Writes(clients), result.OperationsPerSecond),
                    (Measures.WritesP50(clients), result.Latency.P50),
                    (Measures.WritesP99(clients), result.Latency.P99),
                ],
                cancellationToken);
        }
    }
}

/// <summary>Reads and null calls.</summary>
internal static class ReadMeasurements
{
    private const int Keys = 1000;
    private const int Clients = 256;

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        await bench.WarmUpAsync(new LoadPlan(Workload.LinearizableGet, Clients, Keys), cancellationToken);
        await bench.MeasureAsync(
            new LoadPlan(Workload.LinearizableGet, Clients, Keys),
            result => [(Measures.LinearizableReads, result.OperationsPerSecond), (Measures.LinearizableReadsP99, result.Latency.P99)],
            cancellationToken);
        await bench.MeasureAsync(
            new LoadPlan(Workload.LocalGet, Clients, Keys), result => [(Measures.LocalReads, result.OperationsPerSecond)], cancellationToken);
        await bench.MeasureAsync(
            new LoadPlan(Workload.Null, Clients, Keys), result => [(Measures.NullCalls, result.OperationsPerSecond)], cancellationToken);
    }
}

/// <summary>One write that many watches see, and writes beside many that see nothing.</summary>
internal static class WatchMeasurements
{
    private const int Keys = 1000;
    private const int Clients = 256;
    private const int Watches = 10_000;
    private const int IdleWatches = 100_000;

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        await bench.WarmUpAsync(new LoadPlan(Workload.Put, Clients, Keys), cancellationToken);
        await bench.MeasureAsync(
            new LoadPlan(Workload.WatchLatency, 1, 1, Watches),
            result => result.LastWatcher is { } last ? [(Measures.LastWatcher, last.P50)] : [],
            cancellationToken);
        await MeasureWritesAsync(bench, bench.Running.Protocols[0], Measures.WritesWithoutIdleWatches, cancellationToken);
        foreach (var protocol in bench.Running.Protocols)
        {
            // The watches come over the protocol; the writes beside them are always the same.
            await bench.TryAsync(protocol, Measures.WritesWithIdleWatches, async () =>
            {
                await using var helper = await bench.Running.HoldAsync(protocol, IdleWatches, cancellationToken);
                if (helper is not null)
                {
                    await MeasureWritesAsync(bench, protocol, Measures.WritesWithIdleWatches, cancellationToken);
                }
            });

            // Before and after: the compiler is at work for longer than any warm-up, and the machine's speed drifts.
            await MeasureWritesAsync(bench, bench.Running.Protocols[0], Measures.WritesWithoutIdleWatches, cancellationToken);
        }
    }

    private static Task MeasureWritesAsync(Bench bench, string addedTo, string measure, CancellationToken cancellationToken) => bench.MeasureAsync(
        new LoadPlan(Workload.Put, Clients, Keys), result => [(measure, result.OperationsPerSecond)], cancellationToken, addedTo);
}

/// <summary>Writes to few and to many keys, and what a key takes of memory.</summary>
internal static class ScaleMeasurements
{
    private const int FewKeys = 1000;
    private const int ManyKeys = 1_000_000;
    private const int Clients = 256;

    // So many times the usual length: a store of a million files is written as a whole once in a million revisions, which takes seconds
    // and must be in the measurement with about its share.
    private const int Times = 10;

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        await bench.WarmUpAsync(new LoadPlan(Workload.Put, Clients, FewKeys), cancellationToken);
        await MeasureAsync(bench, FewKeys, Measures.WritesAtFewKeys, cancellationToken);
        var before = ReadMemoryMb(bench);
        if (!await bench.Running.FillAsync(ManyKeys, cancellationToken))
        {
            return;
        }

        await MeasureAsync(bench, ManyKeys, Measures.WritesAtManyKeys, cancellationToken);
        bench.Add(
            bench.Running.Protocols[0], Measures.MemoryPerKey, (ReadMemoryMb(bench) - before) * (1 << 20) / (ManyKeys - FewKeys));
    }

    private static Task MeasureAsync(Bench bench, int keys, string measure, CancellationToken cancellationToken) => bench.MeasureAsync(
        new LoadPlan(Workload.Put, Clients, keys),
        result => [(measure, result.OperationsPerSecond)],
        cancellationToken,
        bench.Running.Protocols[0],
        Times);

    // Without mapped files: etcd's database is one, and the system takes its pages back when it needs them.
    private static double ReadMemoryMb(Bench bench) =>
        bench.Running.Processes.Average(process => Servers.UsageMeter.ReadOwnMemoryMb(process.Id));
}
