using System.Globalization;

namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>
/// How long no write is acknowledged when the leader is frozen, and when it is killed. tests/System has a fire drill of the same
/// kind, which also checks that nothing is lost; this one treats etcd alike.
/// </summary>
internal static class FailoverMeasurements
{
    private const int WritesAfter = 100;
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Observed = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        if (await bench.Running.FindLeaderAsync(cancellationToken) < 0)
        {
            return;
        }

        await bench.WarmUpAsync(new LoadPlan(Workload.Put, 64, 1000), cancellationToken);
        await MeasureAsync(bench, Measures.GapFrozen, "STOP", cancellationToken);
        await MeasureAsync(bench, Measures.GapKilled, "KILL", cancellationToken);
    }

    private static async Task MeasureAsync(Bench bench, string measure, string signal, CancellationToken cancellationToken)
    {
        var leader = await bench.Running.FindLeaderAsync(cancellationToken);
        var process = bench.Running.Processes[leader];
        var writers = await bench.Running.WriteWithoutPauseAsync(leader, cancellationToken);
        try
        {
            await Task.Delay(Steady, cancellationToken);
            foreach (var writer in writers.Values)
            {
                await writer.TellAsync("reset");
            }

            process.Signal(signal);
            await Task.Delay(Observed, cancellationToken);
            foreach (var (protocol, writer) in writers)
            {
                bench.Add(protocol, measure, await ReadAsync(writer, cancellationToken));
            }
        }
        finally
        {
            if (signal == "STOP")
            {
                process.Signal("CONT");
            }

            foreach (var writer in writers.Values)
            {
                await writer.DisposeAsync();
            }
        }

        await Task.Delay(Steady, cancellationToken);
    }

    private static async Task<double> ReadAsync(HelperProgram writer, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = (await writer.AskAsync("gap", cancellationToken)).Split(' ');
            if (long.Parse(answer[1], CultureInfo.InvariantCulture) >= WritesAfter)
            {
                return double.Parse(answer[0], CultureInfo.InvariantCulture);
            }

            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new UsageException($"only {answer[1]} writes were acknowledged {Patience.TotalSeconds:0} s after the leader was gone");
            }

            await Task.Delay(100, cancellationToken);
        }
    }
}
