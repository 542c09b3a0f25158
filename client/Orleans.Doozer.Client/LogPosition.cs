namespace Orleans.Doozer;

/// <summary>
/// The newest log position that any reply has told: what a new write says it came after. The store remembers a stretch of
/// requests only, so a position from long ago would leave it in doubt whether a new write is a forgotten retry.
/// </summary>
internal sealed class LogPosition(TimeProvider time)
{
    // A store at full speed forgets requests after some seconds.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);
    private readonly Lock _lock = new();
    private Task<long>? _learning;
    private long _newest;
    private long _learnedAt;

    /// <summary>Takes note of a reply.</summary>
    public void Learn(long position)
    {
        // Only a node that is not behind keeps it fresh. Two threads may cross here; the worst is a position a moment older.
        if (position >= Volatile.Read(ref _newest) && position > 0)
        {
            Volatile.Write(ref _newest, position);
            Volatile.Write(ref _learnedAt, time.GetTimestamp());
        }
    }

    /// <summary>A fresh position; asks for one when all replies were long ago. Writers that come meanwhile share the
    /// question.</summary>
    public ValueTask<long> GetAsync(Func<Task<long>> ask, CancellationToken cancellationToken)
    {
        var newest = Volatile.Read(ref _newest);
        var isFresh = newest > 0 && time.GetElapsedTime(Volatile.Read(ref _learnedAt)) < Fresh;
        return isFresh ? new(newest) : new(AskAsync(ask, cancellationToken));
    }

    private Task<long> AskAsync(Func<Task<long>> ask, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_learning is null || _learning.IsCompleted)
            {
                _learning = ask();
            }

            return _learning.WaitAsync(cancellationToken);
        }
    }
}
