using System.Diagnostics;

namespace Orleans.Doozer.Benchmarks.Load;

/// <summary>
/// Writers that show how long no write is acknowledged. Over TCP an attempt is given up after a while and made anew, out of step
/// with the other writers, as the program for etcd does; over Orleans the library's own retries are part of what is measured.
/// </summary>
internal sealed class GapWriters : IAsyncDisposable
{
    private static readonly TimeSpan Attempt = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AfterError = TimeSpan.FromMilliseconds(5);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task[] _writers;
    private long _last = Stopwatch.GetTimestamp();
    private TimeSpan _longest;
    private long _acknowledged;

    public GapWriters(LoadSettings settings, SessionPool sessions)
    {
        var keys = new KeySpace(settings);
        _writers = new Task[settings.Clients];
        for (var i = 0; i < _writers.Length; i++)
        {
            var writer = i;
            _writers[i] = Task.Run(() => WriteAsync(
                sessions[writer], keys[writer], settings.Protocol == WireProtocol.Tcp ? Attempt : null, Attempt * writer / _writers.Length));
        }
    }

    /// <summary>Forgets what was.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            (_longest, _acknowledged, _last) = (TimeSpan.Zero, 0, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>The longest time between two acknowledged writes since <see cref="Reset"/>, and how many there were.</summary>
    public (TimeSpan Longest, long Acknowledged) Read()
    {
        lock (_lock)
        {
            return (_longest, _acknowledged);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writers);
        _stop.Dispose();
    }

    private async Task WriteAsync(ISession session, string path, TimeSpan? attempt, TimeSpan offset)
    {
        await Task.Delay(offset);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var put = session.PutAsync(path, "x"u8.ToArray());
                await (attempt is { } patience ? put.WaitAsync(patience, _stop.Token) : put.WaitAsync(_stop.Token));
                Acknowledged();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // While there is no leader that is what is measured; the writer tries again.
                await Task.Delay(AfterError, CancellationToken.None);
            }
        }
    }

    private void Acknowledged()
    {
        lock (_lock)
        {
            var gap = Stopwatch.GetElapsedTime(_last);
            _longest = gap > _longest ? gap : _longest;
            _last = Stopwatch.GetTimestamp();
            _acknowledged++;
        }
    }
}
