namespace Orleans.Doozer;

/// <summary>
/// One watch of a <see cref="WatchStream"/>: what came for it and was not read yet. Its reader reads at its own pace; when it falls too
/// far behind, the subscription ends and it goes on from where it was, so nobody waits for it and little is kept for it.
/// </summary>
/// <param name="glob">What it watches.</param>
/// <param name="from">The first revision of interest.</param>
/// <param name="limit">About how many events may wait to be read.</param>
/// <remarks>The stream's lock guards its properties; the events have one of their own.</remarks>
internal sealed class Subscription(Glob glob, Revision from, int limit)
{
    private const long BytesMax = 4 << 20;
    private readonly Lock _lock = new();
    private readonly Queue<DoozerEvent> _events = new();
    private TaskCompletionSource? _waiting;
    private long _bytes;
    private Revision _last;
    private bool _isEnded;

    /// <summary>What it watches.</summary>
    public Glob Glob => glob;

    /// <summary>The change of the stream that its glob was in; 0 when the stream had it already.</summary>
    public long Change { get; set; }

    /// <summary>The first revision that has not been told to it.</summary>
    public Revision Next { get; set; } = from;

    /// <summary>Whether it was told something in the reply that is being told.</summary>
    public bool IsTold { get; set; }

    /// <summary>Whether nothing more will come.</summary>
    public bool IsEnded => Volatile.Read(ref _isEnded);

    /// <summary>Why it has ended, when it was refused.</summary>
    public WatchRefusal? Refusal { get; private set; }

    /// <summary>A change that matches; false when there is no room for it.</summary>
    public bool TryTell(DoozerEvent change)
    {
        lock (_lock)
        {
            // The changes of a revision stay together.
            if (_isEnded || (change.Revision != _last && (_events.Count >= limit || _bytes > BytesMax)))
            {
                return false;
            }

            _last = change.Revision;
            _events.Enqueue(change);
            _bytes += change.Value.Length + (change.Previous?.Value.Length ?? 0);
            return true;
        }
    }

    /// <summary>Wakes the reader.</summary>
    public void Wake() => Interlocked.Exchange(ref _waiting, null)?.TrySetResult();

    /// <summary>Nothing more will come.</summary>
    public void End(WatchRefusal? refusal = null)
    {
        lock (_lock)
        {
            _isEnded = true;
            Refusal = refusal;
        }

        Wake();
    }

    /// <summary>Waits for changes; null when it has ended and all were read. Of one reader.</summary>
    public async ValueTask<IReadOnlyList<DoozerEvent>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task woken;
            lock (_lock)
            {
                if (_events.Count > 0)
                {
                    DoozerEvent[] events = [.. _events];
                    _events.Clear();
                    _bytes = 0;
                    return events;
                }

                if (_isEnded)
                {
                    return null;
                }

                TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
                Volatile.Write(ref _waiting, waiting);
                woken = waiting.Task;
            }

            await woken.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>A watch is not served, by a node or, where that is null, at all.</summary>
internal sealed record WatchRefusal(string? Node, DoozerErrorCode Error, string? Detail);
