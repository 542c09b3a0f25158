using System.Globalization;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>Three nodes under as much load as the machine takes, for long: no living silo is declared dead.</summary>
internal sealed class Soak(ScriptRun run, DoozerdCluster cluster)
{
    private static readonly TimeSpan Line = TimeSpan.FromMinutes(1);

    public static Task<int> RunAsync(ClusterPlan plan, int minutes, int callers, CancellationToken stop) => ScriptRun.RunAsync(
        run => run.WithClusterAsync(plan, cluster => new Soak(run, cluster).RunAsync(minutes, callers)), stop);

    private async Task<string> RunAsync(int minutes, int callers)
    {
        using var watch = new DeathWatch(cluster);
        await watch.BeginAsync(run.Stop);
        var first = watch.Ballot;
        await using var load = new SoakLoad([.. cluster.Nodes.Select(node => node.Address)]);
        await load.StartAsync(callers);
        run.Say($"{callers} callers through an Orleans client, one in two writes 128 bytes, the others read linearizably");

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(run.Stop);
        var watching = watch.RunAsync(ended.Token);
        var (writes, reads, errors, worst) = (0L, 0L, 0, 0.0);
        var chart = new SoakChart(cluster.Nodes.Count);
        for (var minute = 1; minute <= minutes; minute++)
        {
            await Task.Delay(Line, run.Stop);
            var figures = load.Take();
            var p99 = SoakFigures.Percentile(figures.Writes, 0.99);
            (writes, reads, errors, worst) = (writes + figures.Writes.Length, reads + figures.Reads.Length, errors + figures.Errors, Math.Max(worst, p99));
            var memory = cluster.Nodes.Select(node => OwnMemoryMb(node.Process.Id)).ToArray();
            chart.Add(memory, figures.Writes.Length / Line.TotalSeconds);
            run.Say($"minute {minute}: {Describe(figures)}; memory {string.Join(' ', memory)} MiB; {Describe(watch, first)}");
            if (figures.Writes.Length == 0 || figures.Reads.Length == 0)
            {
                throw new ScriptFailure($"in minute {minute} no write or no read was answered");
            }
        }

        await ended.CancelAsync();
        await watching;
        run.Say(chart.ToString());
        var rate = ScriptRun.Text($"{writes / (60.0 * minutes):0} writes/s and {reads / (60.0 * minutes):0} reads/s, worst minute's p99 of writes {worst:0} ms");
        return watch.Deaths.Count == 0
            ? $"{minutes} minutes at {rate}, {errors} errors; {Describe(watch, first)}"
            : throw new ScriptFailure($"{watch.Deaths.Count} living nodes were taken for dead in {minutes} minutes at {rate}: {string.Join("; ", watch.Deaths)}");
    }

    /// <summary>Memory that is the process's own, without files mapped into it: the page cache of the journal is not a node's.</summary>
    private static int OwnMemoryMb(int processId)
    {
        const string Field = "RssAnon:";
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return int.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) >> 10;
    }

    private static string Describe(SoakFigures figures) => ScriptRun.Text(
        $"{figures.Writes.Length / Line.TotalSeconds:0} writes/s p50 {SoakFigures.Percentile(figures.Writes, 0.5):0.0} p99 {SoakFigures.Percentile(figures.Writes, 0.99):0.0} ms, ")
        + ScriptRun.Text(
        $"{figures.Reads.Length / Line.TotalSeconds:0} reads/s p50 {SoakFigures.Percentile(figures.Reads, 0.5):0.0} p99 {SoakFigures.Percentile(figures.Reads, 0.99):0.0} ms, {figures.Errors} errors");

    private static string Describe(DeathWatch watch, long first) =>
        $"{watch.Deaths.Count} deaths, {watch.Suspicions} suspicions, {watch.Ballot - first} leader changes, {watch.Unanswered} questions unanswered";
}
