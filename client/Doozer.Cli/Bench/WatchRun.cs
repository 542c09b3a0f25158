using System.Diagnostics;
using System.Globalization;

namespace Doozer.Cli.Bench;

/// <summary>The watch workloads.</summary>
internal sealed class WatchRun(LoadSettings settings, WatchSettings watches, SessionPool sessions, IMetering metering, IProgressView view)
{
    private const int HoldBatch = 500;

    // How many files share a directory.
    private const int WatchesPerDirectory = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly KeySpace _keys = new(settings);
    private readonly byte[] _value = new byte[settings.ValueSize];

    /// <summary>One write after the other, each seen by all watches before the next: how long from sending the write until a watch
    /// has it, and until the last has.</summary>
    public async Task<LoadResult> LatencyAsync(CancellationToken cancellationToken)
    {
        var began = 0L;
        var each = new Recorder(sessions.KindOf);
        var last = new Recorder(sessions.KindOf);
        var isCounted = false;
        var from = await sessions[0].RevisionAsync() + 1;
        await using var watchers = new Watchers(sessions, watches.Watches, _ => _keys[0], from, () =>
        {
            if (Volatile.Read(ref isCounted))
            {
                each.Answered(Volatile.Read(ref began));
            }
        });

        // The first write shows that all watches stand, and warms up.
        await sessions[0].PutAsync(_keys[0], _value);
        await watchers.WaitAsync(watches.Watches, Patience, cancellationToken);
        Volatile.Write(ref isCounted, true);
        var meter = metering.Start();
        var started = Stopwatch.GetTimestamp();
        var run = WriteAsync();
        var elapsed = await view.FollowAsync("watch-latency", last, run);
        return meter.Stop("watch-latency", settings, sessions, elapsed, last.Count, each) with
        {
            LastWatcher = last.Latency,
            Events = watchers.Told - watches.Watches,
        };

        async Task<TimeSpan> WriteAsync()
        {
            for (var put = 1; put <= watches.PutTotal; put++)
            {
                var due = watches.PutRate > 0 ? TimeSpan.FromSeconds((put - 1) / watches.PutRate) - Stopwatch.GetElapsedTime(started) : TimeSpan.Zero;
                await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero, cancellationToken);
                Volatile.Write(ref began, Stopwatch.GetTimestamp());
                var seen = watchers.WaitAsync(watches.Watches * (put + 1L), Patience, cancellationToken);
                await sessions[0].PutAsync(_keys[0], _value);
                await seen;
                last.Answered(Volatile.Read(ref began));
            }

            return Stopwatch.GetElapsedTime(started);
        }
    }

    /// <summary>Writes at a rate to the watched files while all watches take what they are told.</summary>
    public async Task<LoadResult> ThroughputAsync(CancellationToken cancellationToken)
    {
        var watchesOf = new long[watches.WatchedKeyTotal];
        for (var watch = 0; watch < watches.Watches; watch++)
        {
            watchesOf[watch % watchesOf.Length]++;
        }

        var from = await sessions[0].RevisionAsync() + 1;
        await using var watchers = new Watchers(sessions, watches.Watches, watch => _keys[watch % watchesOf.Length], from);
        var expected = 0L;
        for (var key = 0; key < watchesOf.Length; key++)
        {
            await sessions[key].PutAsync(_keys[key], _value);
            expected += watchesOf[key];
        }

        await watchers.WaitAsync(expected, Patience, cancellationToken);
        var recorder = new Recorder(sessions.KindOf);
        var meter = metering.Start();
        var phase = new LoadPhase(settings with { Rate = watches.PutRate }, PutAsync, recorder);
        var started = Stopwatch.GetTimestamp();
        await view.FollowAsync("watch", recorder, phase.RunAsync(watches.PutTotal, null, cancellationToken));
        if (recorder.Errors.Count > 0)
        {
            throw new InvalidOperationException($"a write failed, so it is not known what the watches should see: {recorder.LastError}");
        }

        var before = expected;
        for (var put = 0L; put < watches.PutTotal; put++)
        {
            expected += watchesOf[put % watchesOf.Length];
        }

        await watchers.WaitAsync(expected, Patience, cancellationToken);
        return meter.Stop("watch", settings, sessions, Stopwatch.GetElapsedTime(started), recorder.Count, recorder) with { Events = expected - before };

        Task PutAsync(int client, long request) => sessions[client].PutAsync(_keys[request % watchesOf.Length], _value);
    }

    /// <summary>Holds watches on files of their own that nobody writes any more, until told to end.</summary>
    public async Task HoldAsync(Func<Task> untilAsync)
    {
        var held = new List<Watchers>();
        try
        {
            // A batch of files is written, then watched from before that: what a watch is told of first shows that it stands.
            // Small batches, because each watch looks at all changes since.
            for (var first = 0; first < watches.Watches; first += HoldBatch)
            {
                held.Add(await OpenBatchAsync(first, Math.Min(HoldBatch, watches.Watches - first)));
            }

            await untilAsync();
        }
        finally
        {
            foreach (var watchers in held)
            {
                await watchers.DisposeAsync();
            }
        }
    }

    private async Task<Watchers> OpenBatchAsync(int first, int count)
    {
        string PathOf(long watch) =>
            string.Create(CultureInfo.InvariantCulture, $"/idle/{watch / WatchesPerDirectory:000000}/{watch % WatchesPerDirectory:000000}");
        var from = await sessions[0].RevisionAsync() + 1;
        var recorder = new Recorder(sessions.KindOf);
        var phase = new LoadPhase(
            settings with { Clients = count, Rate = 0 }, (client, request) => sessions[client].PutAsync(PathOf(first + request), _value), recorder);
        await phase.RunAsync(count, null, CancellationToken.None);
        var watchers = new Watchers(sessions, count, watch => PathOf(first + watch), from);
        await watchers.WaitAsync(count, Patience, CancellationToken.None);
        return watchers;
    }
}
