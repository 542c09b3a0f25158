using System.Collections.Concurrent;
using System.Diagnostics;
using Doozer.Cli.Wire;
using HdrHistogram;

namespace Doozer.Cli.Bench;

/// <summary>Latencies and errors of one phase, from any number of clients at once.</summary>
/// <param name="kindOf">Names a failure of a protocol that this does not know; null for one that it does not know either.</param>
internal sealed class Recorder(Func<Exception, string?>? kindOf = null)
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

    /// <summary>The latencies so far; all 0 when nothing was answered, of which the histogram knows no percentiles.</summary>
    public Latency Latency => Count == 0
        ? new Latency(0, 0, 0, 0)
        : new Latency(
            Milliseconds(_histogram.GetValueAtPercentile(50)),
            Milliseconds(_histogram.GetValueAtPercentile(99)),
            Milliseconds(_histogram.GetValueAtPercentile(99.9)),
            Milliseconds(_histogram.GetMaxValue()));

    private static double Milliseconds(long microseconds) => microseconds / 1000.0;

    private string KindOf(Exception exception) =>
        exception is ServerErrorException refusal ? ServerError.Name(refusal.Code) : kindOf?.Invoke(exception) ?? exception.GetType().Name;
}

/// <summary>Percentiles in milliseconds.</summary>
internal sealed record Latency(double P50, double P99, double P999, double Max);
