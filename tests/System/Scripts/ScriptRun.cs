using System.Globalization;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>A script found what must not be; the message says what.</summary>
internal sealed class ScriptFailure(string message) : Exception(message);

/// <summary>What all scripts have: a seed, lines that tell how far they are, an end by signal, and logs that stay when they fail.</summary>
internal sealed class ScriptRun
{
    private const int Failed = 1;
    private const int Interrupted = 2;
    private readonly long _start = TimeProvider.System.GetTimestamp();

    private ScriptRun(int seed, CancellationToken stop)
    {
        Random = new Random(seed);
        Stop = stop;
    }

    /// <summary>Draws everything that is random, so that a seed repeats it; the timing of processes it cannot repeat.</summary>
    public Random Random { get; }

    /// <summary>The operator's wish to end.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Runs a script in which something is random.</summary>
    /// <param name="seed">Its seed; null draws one.</param>
    /// <param name="act">What it does; gives the summary.</param>
    /// <param name="stop">Ends it early.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(int? seed, Func<ScriptRun, Task<string>> act, CancellationToken stop)
    {
        var drawn = seed ?? Random.Shared.Next();
        var run = new ScriptRun(drawn, stop);
        run.Say(Text($"the same order again: --seed {drawn}"));
        return run.GuardAsync(act);
    }

    /// <summary>Runs a script in which nothing is.</summary>
    /// <param name="act">What it does; gives the summary.</param>
    /// <param name="stop">Ends it early.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(Func<ScriptRun, Task<string>> act, CancellationToken stop) => new ScriptRun(0, stop).GuardAsync(act);

    /// <summary>Starts a cluster and ends it afterwards; its logs and data stay when something was wrong.</summary>
    public async Task<string> WithClusterAsync(ClusterPlan plan, Func<DoozerdCluster, Task<string>> act)
    {
        await using var cluster = new DoozerdCluster(plan);
        try
        {
            var start = TimeProvider.System.GetTimestamp();
            await cluster.StartNodesAsync();
            Say(Text($"{plan.Addresses.Count} nodes vote, {Since(start)} after the first was started; logs in {cluster.Root}"));
            return await act(cluster);
        }
        catch (Exception) when (!Stop.IsCancellationRequested)
        {
            cluster.IsKept = true;
            Say($"the nodes' logs and data are kept in {cluster.Root}");
            throw;
        }
    }

    public void Say(string line) =>
        Console.WriteLine(Text($"{TimeProvider.System.GetElapsedTime(_start).TotalSeconds,7:0.0} s  {line}"));

    /// <summary>A random time up to a limit.</summary>
    public TimeSpan Draw(TimeSpan limit) => limit * Random.NextDouble();

    /// <summary>Some things in random order.</summary>
    public List<T> Shuffle<T>(IEnumerable<T> things)
    {
        var shuffled = things.ToArray();
        Random.Shuffle(shuffled);
        return [.. shuffled];
    }

    /// <summary>The time since a timestamp, for a line.</summary>
    public static string Since(long start) => Seconds(TimeProvider.System.GetElapsedTime(start));

    public static string Seconds(TimeSpan time) => Text($"{time.TotalSeconds:0.00} s");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Of some times: the middle one and the longest.</summary>
    public static string Summary(IReadOnlyCollection<TimeSpan> times) =>
        times.Count == 0 ? "none" : $"median {Seconds(times.Order().ElementAt(times.Count / 2))}, longest {Seconds(times.Max())}";

    private async Task<int> GuardAsync(Func<ScriptRun, Task<string>> act)
    {
        try
        {
            Say($"OK: {await act(this)}");
            return 0;
        }
        catch (OperationCanceledException) when (Stop.IsCancellationRequested)
        {
            Say("interrupted");
            return Interrupted;
        }
        catch (Exception exception) when (exception is ScriptFailure or TimeoutException)
        {
            Say($"FAILED: {exception.Message}");
            return Failed;
        }
    }
}
