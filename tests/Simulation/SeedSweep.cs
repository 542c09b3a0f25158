using System.Diagnostics;
using System.Globalization;

namespace Orleans.Doozer.Simulation;

/// <summary>Runs many seeds on several threads. A run is single-threaded and shares nothing with the others, so the threads change
/// only the order in which results are printed.</summary>
internal sealed class SeedSweep(ulong first, ulong seeds, TimeSpan limit, int threads, TextWriter output, Sabotage sabotage = Sabotage.None)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private readonly TimeSpan _reportEvery = Console.IsOutputRedirected ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(5);
    private ulong _taken;
    private ulong _ran;
    private long _failed;
    private long _events;
    private TimeSpan _reported;
    private Exception? _broken;

    /// <summary>Where seeds begin that nobody has run before: by the clock, a million for each second.</summary>
    public static ulong FreshSeed() => (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() * 1_000_000;

    /// <summary>Runs them all, or those that the time allows.</summary>
    /// <returns>How many failed.</returns>
    public long Run()
    {
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(Work)).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        if (_broken is not null)
        {
            throw new InvalidOperationException("a run ended with an exception that no checker knows", _broken);
        }

        output.WriteLine(Figures());
        return _failed;
    }

    private void Work()
    {
        try
        {
            while (Take() is { } seed)
            {
                Report(SimRun.Run(seed, sabotage));
            }
        }
        catch (Exception problem)
        {
            lock (_lock)
            {
                _broken ??= problem;
            }
        }
    }

    private ulong? Take()
    {
        lock (_lock)
        {
            return _broken is null && _taken < seeds && _clock.Elapsed < limit ? first + _taken++ : null;
        }
    }

    private void Report(SimResult result)
    {
        lock (_lock)
        {
            _ran++;
            _events += result.Events;
            if (result.Failure is not null)
            {
                _failed++;
                output.WriteLine($"seed {result.Seed}: {result.Failure.ReplaceLineEndings(" ")}");
            }

            if (_clock.Elapsed - _reported >= _reportEvery)
            {
                _reported = _clock.Elapsed;
                output.WriteLine(Figures());
            }
        }
    }

    private string Figures() => string.Create(
        CultureInfo.InvariantCulture,
        $"seeds {first} to {first + Math.Max(_taken, 1) - 1}: {_ran} run, {_failed} failed, {_events} events, {_clock.Elapsed.TotalSeconds:F0} s, {_ran / _clock.Elapsed.TotalMinutes:F0} seeds per minute with {threads} at a time");
}
