
namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>How a comparison is run.</summary>
/// <param name="Groups">Which groups of measurements.</param>
/// <param name="Rounds">How often; null for each group's own default.</param>
/// <param name="Seconds">How long each measurement is.</param>
/// <param name="WarmUp">How long a load runs after each start, before anything is measured.</param>
/// <param name="LoadWarmUp">How long each load runs before it is measured: it is a new process.</param>
internal sealed record ComparisonSettings(IReadOnlyList<string> Groups, int? Rounds, TimeSpan Seconds, TimeSpan WarmUp, TimeSpan LoadWarmUp);

/// <summary>Measures the systems one after the other, round by round, so that what the machine does meanwhile hits all alike.</summary>
internal sealed class Comparison(ComparisonSettings settings, IReadOnlyList<ISystem> systems, Samples samples, Action<string> tell)
{
    /// <summary>The size of all values, in bytes.</summary>
    public const int ValueSize = 128;

    private static readonly IReadOnlyList<Group> AllGroups =
    [
        new("writes", 3, WriteMeasurements.RunAsync),
        new("reads", 3, ReadMeasurements.RunAsync),
        new("failover", 5, FailoverMeasurements.RunAsync),
        new("watchers", 3, WatchMeasurements.RunAsync),
        new("scale", 3, ScaleMeasurements.RunAsync),
    ];

    public static IEnumerable<string> GroupNames => AllGroups.Select(group => group.Name);

    /// <summary>Runs all rounds; <paramref name="afterEach"/> is called when one system has been measured.</summary>
    public async Task RunAsync(Action afterEach, CancellationToken cancellationToken)
    {
        foreach (var group in AllGroups.Where(group => settings.Groups.Contains(group.Name)))
        {
            var rounds = settings.Rounds ?? group.Rounds;
            for (var round = 1; round <= rounds; round++)
            {
                foreach (var system in systems)
                {
                    tell($"{group.Name}, round {round} of {rounds}: {system.Name}");
                    await MeasureAsync(group, system, cancellationToken);
                    afterEach();
                }
            }
        }
    }

    private async Task MeasureAsync(Group group, ISystem system, CancellationToken cancellationToken)
    {
        try
        {
            await using var running = await system.StartAsync(cancellationToken);
            await group.RunAsync(new Bench(system.Name, running, settings, samples, tell), cancellationToken);
        }
        catch (UsageException exception)
        {
            // What one system cannot do leaves the others' measurements whole; the table shows the gap.
            tell($"  {system.Name}: {exception.Message}");
        }
    }

    private sealed record Group(string Name, int Rounds, Func<Bench, CancellationToken, Task> RunAsync);
}

/// <summary>One started system, and where its samples go.</summary>
internal sealed class Bench(string name, IRunningSystem running, ComparisonSettings settings, Samples samples, Action<string> tell)
{
    public IRunningSystem Running => running;

    /// <summary>Runs a load over each protocol for the length of a warm-up and forgets what it measured: both a just-in-time compiler and
    /// a page cache need their time.</summary>
    public async Task WarmUpAsync(LoadPlan plan, CancellationToken cancellationToken)
    {
        foreach (var protocol in running.Protocols)
        {
            await running.RunAsync(protocol, plan, TimeSpan.Zero, settings.WarmUp, cancellationToken);
        }
    }

    /// <summary>Measures a load over each protocol that has it, and adds what <paramref name="read"/> takes of it. With
    /// <paramref name="addedTo"/> only over the first, and it counts for that one. It lasts <paramref name="times"/> as long as is usual.</summary>
    public async Task MeasureAsync(
        LoadPlan plan,
        Func<LoadResult, IEnumerable<(string Measure, double Value)>> read,
        CancellationToken cancellationToken,
        string? addedTo = null,
        int times = 1)
    {
        foreach (var protocol in running.Protocols.Take(addedTo is null ? int.MaxValue : 1))
        {
            if (await running.RunAsync(protocol, plan, settings.LoadWarmUp, times * settings.Seconds, cancellationToken) is not { } result)
            {
                continue;
            }

            foreach (var (measure, value) in read(result))
            {
                Add(addedTo ?? protocol, measure, value, result.OtherCores);
            }

            if (result.Errors.Count > 0)
            {
                tell($"  errors: {string.Join(", ", result.Errors.Select(error => $"{error.Value} {error.Key}"))} {result.LastError}");
            }
        }
    }

    /// <summary>Measures something that a system may be unable to do; that is then what the table says.</summary>
    public async Task TryAsync(string protocol, string measure, Func<Task> measureAsync)
    {
        try
        {
            await measureAsync();
        }
        catch (UsageException exception)
        {
            samples.Add(new Sample(NameOf(protocol), measure, 0, Failure: exception.Message));
            tell($"  {NameOf(protocol)}: {measure}: FAILED: {exception.Message}");
        }
    }

    /// <summary>Adds a sample.</summary>
    public void Add(string protocol, string measure, double value, double? otherCores = null)
    {
        samples.Add(new Sample(NameOf(protocol), measure, value, otherCores));
        tell($"  {NameOf(protocol)}: {measure}: {value:0.##}{(otherCores is { } cores ? $" (everything else: {cores:0.0} cores)" : "")}");
    }

    private string NameOf(string protocol) => protocol == running.Protocols[0] ? name : $"{name} {protocol}";
}
