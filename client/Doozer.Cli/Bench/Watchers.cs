using System.Collections.Concurrent;

namespace Doozer.Cli.Bench;

/// <summary>Many watches on a few files, and how many changes they have been told of together.</summary>
internal sealed class Watchers : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Exception> _failures = [];
    private readonly Task[] _watches;
    private readonly Lock _lock = new();
    private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _told;
    private long _target = long.MaxValue;

    /// <summary>Opens them: the n-th watches the file that <paramref name="pathOf"/> names, from a revision on.</summary>
    public Watchers(SessionPool sessions, int count, Func<int, string> pathOf, long from, Action? onChange = null)
    {
        _watches = new Task[count];
        for (var i = 0; i < count; i++)
        {
            var session = sessions[i];
            var path = pathOf(i);
            _watches[i] = Task.Run(() => WatchAsync(session, path, from, onChange));
        }
    }

    /// <summary>How many changes all watches have been told of.</summary>
    public long Told => Interlocked.Read(ref _told);

    /// <summary>Waits until so many changes have been told in all.</summary>
    /// <exception cref="InvalidOperationException">A watch ended by itself, or was told too much.</exception>
    public async Task WaitAsync(long told, TimeSpan patience, CancellationToken cancellationToken)
    {
        Task reached;
        lock (_lock)
        {
            _target = told;
            _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            reached = _reached.Task;
        }

        Check();
        try
        {
            await reached.WaitAsync(patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"after {patience.TotalSeconds:0} s the watches have been told of {Told} changes of {told}");
        }

        if (!_failures.IsEmpty || Told > told)
        {
            throw new InvalidOperationException(
                _failures.TryPeek(out var failure) ? $"a watch ended: {failure.Message}" : $"the watches were told of {Told} changes instead of {told}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watches);
        _stop.Dispose();
    }

    private async Task WatchAsync(ISession session, string path, long from, Action? onChange)
    {
        try
        {
            await foreach (var _ in session.WatchAsync(path, from, _stop.Token))
            {
                onChange?.Invoke();
                Interlocked.Increment(ref _told);
                Check();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _failures.Enqueue(exception);
            Check();
        }
    }

    private void Check()
    {
        if (Told >= Interlocked.Read(ref _target) || !_failures.IsEmpty)
        {
            lock (_lock)
            {
                if (Told >= _target || !_failures.IsEmpty)
                {
                    _reached.TrySetResult();
                }
            }
        }
    }
}
