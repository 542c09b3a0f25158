using System.Collections.Concurrent;
using System.Diagnostics;
using HdrHistogram;

namespace Orleans.Doozer.Benchmarks.Load;

/// <summary>Latencies and errors of one phase, from any number of clients at once.</summary>
internal sealed class Recorder
{
    private const long LongestMicroseconds = 120_000_000;
    private const int SignificantDigits = 3;
    private readonly LongConcurrentHistogram _histogram = new(1, LongestMicroseconds, SignificantDigits);
    private readonly ConcurrentDictionary<string, long> _errors = new(StringComparer.Ordinal);
    private long _count;

    /// <summary>How many requests were answered well.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>How many failed, by kind.</summary>
    public IReadOnlyDictionary<string, long> Errors => _errors;

    /// <summary>What the last failure said.</summary>
    public string? LastError { get; private set; }

    /// <summary>A request that began at a timestamp has been answered.</summary>
    public void Answered(long since)
    {
        var microseconds = (long)Stopwatch.GetElapsedTime(since).TotalMicroseconds;
        _histogram.RecordValue(Math.Clamp(microseconds, 1, LongestMicroseconds));
        Interlocked.Increment(ref _count);
    }

    /// <summary>A request failed.</summary>
    public void Failed(Exception exception)
    {
        _errors.AddOrUpdate(KindOf(exception), 1, static (_, count) => count + 1);
        LastError = exception.Message;
    }

    /// <summary>The latencies so far.</summary>
    public Latency Latency => new(
        Milliseconds(_histogram.GetValueAtPercentile(50)),
        Milliseconds(_histogram.GetValueAtPercentile(99)),
        Milliseconds(_histogram.GetValueAtPercentile(99.9)),
        Milliseconds(Count == 0 ? 0 : _histogram.GetMaxValue()));

    private static double Milliseconds(long microseconds) => microseconds / 1000.0;

    private static string KindOf(Exception exception) => exception switch
    {
        DoozerException refusal => refusal.Code.ToString(),
        global::Doozer.Cli.Wire.ServerErrorException refusal => global::Doozer.Cli.Wire.ServerError.Name(refusal.Code),
        _ => exception.GetType().Name,
    };
}

/// <summary>Percentiles in milliseconds.</summary>
internal sealed record Latency(double P50, double P99, double P999, double Max);
