using System.Diagnostics.Metrics;
using Orleans.Doozer.Runtime.Diagnostics;

namespace Orleans.Doozer.Viewer.Feeds;

internal sealed record SeriesFrame(string Type, IReadOnlyList<SeriesPoint> Points);

internal sealed record SeriesPoint(
    long At, long Writes, long WriteFailures, double? WriteP50, double? WriteP99, long Reads, double? ReadP50, double? ReadP99,
    long WatchEvents, long Syncs, double? SyncP50, double? SyncP99, long Revisions);

/// <summary>The last five minutes of this node, second by second, from the instruments of <see cref="DoozerMetrics"/>.</summary>
internal sealed class Series : IDisposable
{
    private const int Kept = 300;
    private readonly LatencyWindow _writes = new();
    private readonly LatencyWindow _reads = new();
    private readonly LatencyWindow _syncs = new();
    private readonly Lock _lock = new();
    private readonly Queue<SeriesPoint> _points = new();
    private MeterListener? _listener;
    private Meter? _meter;
    private long _failures;
    private long _watchEvents;
    private long _revision;

    /// <summary>The points after a moment, in order.</summary>
    public SeriesFrame After(long at)
    {
        lock (_lock)
        {
            return new("series", [.. _points.SkipWhile(point => point.At <= at)]);
        }
    }

    /// <summary>A second is over.</summary>
    public void Advance(ServingNode? serving, DateTimeOffset now)
    {
        if (serving is null)
        {
            _revision = 0;
            return;
        }

        Listen(serving.Metrics);
        var revision = serving.Store.Status.Revision.Value;
        var (writes, writeP50, writeP99) = _writes.Take();
        var (reads, readP50, readP99) = _reads.Take();
        var (syncs, syncP50, syncP99) = _syncs.Take();
        var point = new SeriesPoint(
            now.ToUnixTimeMilliseconds(), writes, Interlocked.Exchange(ref _failures, 0), writeP50, writeP99, reads, readP50, readP99,
            Interlocked.Exchange(ref _watchEvents, 0), syncs, syncP50, syncP99, _revision == 0 ? 0 : Math.Max(0, revision - _revision));
        _revision = revision;
        lock (_lock)
        {
            _points.Enqueue(point);
            if (_points.Count > Kept)
            {
                _points.Dequeue();
            }
        }
    }

    public void Dispose() => _listener?.Dispose();

    private void Listen(DoozerMetrics metrics)
    {
        if (ReferenceEquals(_meter, metrics.Meter))
        {
            return;
        }

        _listener?.Dispose();
        _meter = metrics.Meter;
        _listener = new MeterListener { InstrumentPublished = Enable };
        _listener.SetMeasurementEventCallback<double>(Count);
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _watchEvents, count));
        _listener.Start();
    }

    private void Enable(Instrument instrument, MeterListener listener)
    {
        if (ReferenceEquals(instrument.Meter, _meter))
        {
            switch (instrument.Name)
            {
                case DoozerMetrics.WriteDuration:
                    listener.EnableMeasurementEvents(instrument, _writes);
                    break;
                case DoozerMetrics.ReadDuration:
                    listener.EnableMeasurementEvents(instrument, _reads);
                    break;
                case DoozerMetrics.SyncDuration:
                    listener.EnableMeasurementEvents(instrument, _syncs);
                    break;
                case DoozerMetrics.WatchEvents:
                    listener.EnableMeasurementEvents(instrument);
                    break;
            }
        }
    }

    private void Count(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var window = (LatencyWindow)state!;
        window.Add(seconds);
        if (ReferenceEquals(window, _writes) && tags is [{ Value: not DoozerMetrics.OutcomeOk }, ..])
        {
            Interlocked.Increment(ref _failures);
        }
    }
}
