using System.Diagnostics;

namespace Doozer.Cli.Bench;

/// <summary>
/// Clients that send one request after the other until there have been enough or the time is over. With a rate, a request counts
/// from the moment at which it was due: waiting for a slow predecessor is part of what a user sees.
/// </summary>
internal sealed class LoadPhase(LoadSettings settings, Func<int, long, Task> operation, Recorder recorder)
{
    // A client that is refused at once must not spin.
    private static readonly TimeSpan AfterError = TimeSpan.FromMilliseconds(10);
    private long _issued;
    private long _start;
    private volatile bool _stop;

    /// <summary>Runs until the total, or the duration when there is one.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> RunAsync(long? total, TimeSpan? duration, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (duration is { } limit)
        {
            end.CancelAfter(limit);
        }

        await using var stopping = end.Token.Register(() => _stop = true);
        _start = Stopwatch.GetTimestamp();
        var clients = new Task[settings.Clients];
        for (var client = 0; client < clients.Length; client++)
        {
            var number = client;
            clients[client] = Task.Run(() => RunClientAsync(number, total ?? long.MaxValue, end.Token), CancellationToken.None);
        }

        await Task.WhenAll(clients);
        cancellationToken.ThrowIfCancellationRequested();
        return Stopwatch.GetElapsedTime(_start);
    }

    private async Task RunClientAsync(int client, long total, CancellationToken end)
    {
        while (!_stop)
        {
            var request = Interlocked.Increment(ref _issued) - 1;
            if (request >= total)
            {
                return;
            }

            var since = await WaitForTurnAsync(request, end);
            if (_stop)
            {
                return;
            }

            try
            {
                await operation(client, request);
                recorder.Answered(since);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                recorder.Failed(exception);
                await Task.Delay(AfterError, CancellationToken.None);
            }
        }
    }

    private ValueTask<long> WaitForTurnAsync(long request, CancellationToken end) =>
        settings.Rate > 0 ? PaceAsync(request, end) : new(Stopwatch.GetTimestamp());

    private async ValueTask<long> PaceAsync(long request, CancellationToken end)
    {
        var due = _start + (long)(request / settings.Rate * Stopwatch.Frequency);
        var early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (early > TimeSpan.Zero)
        {
            await Task.Delay(early, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return due;
    }
}
