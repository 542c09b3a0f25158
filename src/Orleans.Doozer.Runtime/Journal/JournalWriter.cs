using Microsoft.Extensions.Logging;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>
/// The one thread that writes a journal. It takes everything that was queued while it committed into the next commit, then runs the
/// completions in order. Its own thread, because a sync on a pool thread starves the silo's probes. Votes go first; between two
/// commits of votes at most one piece of a snapshot or one round of cleaning is done.
/// </summary>
internal sealed partial class JournalWriter
{
    // An estimate of what a queued write weighs beside its batch.
    private const int WriteOverhead = 64;

    private readonly IJournalStorage _storage;
    private readonly string _place;
    private readonly JournalOptions _options;
    private readonly ILogger _logger;
    private readonly Action<JournalException>? _faulted;
    private readonly Action? _closed;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Monitor, not Lock: the thread waits on it.
    private readonly object _gate = new();
    private readonly Queue<Step> _steps = new();
    private List<Pending> _queue = new(256);
    private List<Pending> _batch = new(256);
    private bool _urgent;
    private bool _stopping;
    private long _lazySince;
    private long _pendingBytes;
    private JournalException? _fault;

    public JournalWriter(
        IJournalStorage storage,
        string place,
        JournalOptions options,
        ILogger logger,
        Action<JournalException>? faulted,
        Action? closed)
    {
        _storage = storage;
        _place = place;
        _options = options;
        _logger = logger;
        _faulted = faulted;
        _closed = closed;
    }

    /// <summary>What stopped the journal; null while it works.</summary>
    public JournalException? Fault => Volatile.Read(ref _fault);

    /// <summary>What is queued and not yet durable, about.</summary>
    public long PendingBytes => Interlocked.Read(ref _pendingBytes);

    /// <summary>Transactions committed; each is one sync.</summary>
    public long Commits { get; private set; }

    public void Start() => new Thread(Run) { IsBackground = true, Name = "doozer-journal" }.Start();

    public void Append(string store, IReadOnlyList<JournalWrite> writes, Action<JournalException?>? completed)
    {
        long bytes = 0;
        for (var i = 0; i < writes.Count; i++)
        {
            bytes += WriteOverhead + (writes[i] is AcceptWrite accept ? accept.Entry.Batch.Length : 0);
        }

        Enqueue(new Pending(store, writes, null, completed, bytes));
    }

    public Task PutRecordAsync(string name, byte[] value)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(new Pending(name, [], value, error => Finish(done, error), WriteOverhead + value.Length));
        return done.Task;
    }

    /// <summary>Runs something between the votes, in a commit of its own.</summary>
    public Task<T> RunAsync<T>(Func<IJournalStorage, T> action)
    {
        var step = new Step<T>(action);
        lock (_gate)
        {
            ThrowIfStopping();
            _steps.Enqueue(step);
            Monitor.Pulse(_gate);
        }

        return step.Task;
    }

    /// <summary>Looks for work again: something that could not be cleaned may be free now.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes what is queued, then ends.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        return _stopped.Task;
    }

    public void ThrowIfUnreadable()
    {
        lock (_gate)
        {
            ThrowIfStopping();
        }
    }

    private static void Finish(TaskCompletionSource done, JournalException? error)
    {
        if (error is null)
        {
            done.SetResult();
        }
        else
        {
            done.SetException(error);
        }
    }

    private void Enqueue(in Pending pending)
    {
        lock (_gate)
        {
            ThrowIfStopping();
            if (_queue.Count == 0)
            {
                _lazySince = Environment.TickCount64;
            }

            _queue.Add(pending);
            _pendingBytes += pending.Bytes;
            if (pending.Completed is not null && !_urgent)
            {
                // What nobody waits for wakes nobody: the thread looks by itself in time.
                _urgent = true;
                Monitor.Pulse(_gate);
            }
        }
    }

    private void ThrowIfStopping()
    {
        if (_stopping)
        {
            throw JournalErrors.Closed(_place);
        }
    }

    /// <summary>What one caller queued: writes of a store, or a named record.</summary>
    private readonly record struct Pending(
        string Name, IReadOnlyList<JournalWrite> Writes, byte[]? Record, Action<JournalException?>? Completed, long Bytes);

    private abstract class Step
    {
        public abstract void Run(IJournalStorage storage);

        public abstract void Succeed();

        public abstract void Fail(Exception error);
    }

    private sealed class Step<T>(Func<IJournalStorage, T> action) : Step
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Task => _done.Task;

        public override void Run(IJournalStorage storage) => _result = action(storage);

        public override void Succeed() => _done.SetResult(_result!);

        public override void Fail(Exception error) => _done.SetException(error);
    }
}
