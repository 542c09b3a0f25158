using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Grains;
using Orleans.Doozer.Runtime.Stores;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>
/// Brings a node's writes to the leader, wherever it is. The first goes at once; while calls are under way, the next one leaves when a
/// quarter of the node's writes under way have gathered for it: few calls, and yet most writes reach the leader before its next batch
/// begins. At the leader itself a call is only a message to its loop, so nothing is held back there: what comes up together shares one. A
/// call whose answer does not come, or whose leader lost the lead, is made again with the same commands: their request ids make
/// the store apply each once and answer as the first time.
/// </summary>
internal sealed class WriteForwarder : IThreadPoolWorkItem
{
    private const int CommandsPerCall = 2048;
    private const int BytesPerCall = 1 << 20;
    private const int CallsUnderWay = 8;
    private const int GatheredPart = 4;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly StoreHost _host;
    private readonly StoreHostServices _services;
    private readonly Lock _lock = new();
    private readonly Queue<PendingWrite> _queue = new();
    private readonly Queue<PendingWrite> _again = new();
    private readonly Action<int> _release;
    private readonly long _started;
    private volatile LeaderGrain? _leader;
    private long _pendingBytes;
    private int _pending;
    private int _calls;
    private bool _isLeaving;

    public WriteForwarder(StoreHost host, StoreHostServices services)
    {
        (_host, _services, _release) = (host, services, Release);
        _started = services.Time.GetTimestamp();
    }

    private long NowMs => (long)_services.Time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>Takes an encoded write, unless too many are under way already.</summary>
    public Task<WriteReply> WriteAsync(byte[] command, CancellationToken cancellationToken)
    {
        var options = _services.Options;
        var pending = Interlocked.Increment(ref _pending);
        var bytes = Interlocked.Add(ref _pendingBytes, command.Length);
        if (pending > options.MaxPendingRequests || bytes > options.MaxPendingBytes)
        {
            Release(command.Length);
            return Task.FromResult(new WriteReply(
                DoozerErrorCode.LimitExceeded,
                $"node {_host.Self} has {pending} writes of {bytes} bytes under way with this one, more than its limit "
                + $"({options.MaxPendingRequests} MaxPendingRequests, {options.MaxPendingBytes} MaxPendingBytes); slow down and retry",
                default,
                0));
        }

        // It counts until its fate is known, also when its caller no longer waits: a queue of abandoned writes must not grow either.
        var write = new PendingWrite(command, NowMs + (long)options.RequestTimeout.TotalMilliseconds, _release);
        lock (_lock)
        {
            _queue.Enqueue(write);
        }

        StartCall();
        return write.Task.WaitAsync(cancellationToken);
    }

    private void Release(int bytes)
    {
        Interlocked.Decrement(ref _pending);
        Interlocked.Add(ref _pendingBytes, -bytes);
    }

    private void StartCall()
    {
        List<PendingWrite> batch;
        lock (_lock)
        {
            var waiting = _queue.Count + _again.Count;
            if (waiting == 0)
            {
                return;
            }

            if (_calls > 0 && _host.Leader.Node == _host.Self)
            {
                if (!_isLeaving)
                {
                    _isLeaving = true;
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                }

                return;
            }

            if (_calls > 0 && (_calls >= CallsUnderWay || waiting * GatheredPart < Volatile.Read(ref _pending)))
            {
                return;
            }

            batch = TakeBatch();
        }

        _ = CallAsync(batch);
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (TakeLeaving() is { Count: > 0 } batch)
        {
            _ = CallAsync(batch);
        }
    }

    private List<PendingWrite> TakeLeaving()
    {
        lock (_lock)
        {
            _isLeaving = false;
            return TakeBatch();
        }
    }

    private List<PendingWrite> TakeBatch()
    {
        var batch = new List<PendingWrite>();
        var bytes = 0;
        while ((_again.TryPeek(out var next) || _queue.TryPeek(out next)) && batch.Count < CommandsPerCall
            && (batch.Count == 0 || bytes + next.Command.Length <= BytesPerCall))
        {
            bytes += next.Command.Length;
            batch.Add((_again.Count > 0 ? _again : _queue).Dequeue());
        }

        _calls += batch.Count > 0 ? 1 : 0;
        return batch;
    }

    private async Task CallAsync(List<PendingWrite> batch)
    {
        var retry = batch;
        try
        {
            retry = await ProposeAsync(batch).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The call was lost, timed out or its leader fell: whether the commands were proposed is not known, so they go again.
            StoreLog.MessageLost(_services.Logger, _host.Store, _host.Leader.Node, exception.Message);
            batch.ForEach(write => write.MayHaveHappened = true);
        }

        retry = GiveUpLate(retry);
        if (retry.Count > 0)
        {
            await Task.Delay(Pause, _services.Time, _host.Leader.Changed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lock (_lock)
        {
            _calls--;
            retry.ForEach(_again.Enqueue);
        }

        StartCall();
    }

    /// <summary>Sends a batch to the leader and completes what has an outcome.</summary>
    /// <returns>The writes to send again.</returns>
    private async Task<List<PendingWrite>> ProposeAsync(List<PendingWrite> batch)
    {
        var leader = _host.Leader;
        if (leader.Node.IsNone || (leader.Node != _host.Self && _services.Locator.Find(leader.Node.Value) is null))
        {
            // Nobody to call, or nobody that Orleans knows a way to yet: each call would fail with a line in its log.
            return batch;
        }

        var request = new ProposeRequest([.. batch.Select(write => write.Command)]);
        var isLeader = leader.Node == _host.Self;
        var call = isLeader
            ? _host.ProposeAsync(request)
            : GetGrain(leader.Node).Propose(new Envelope(_services.ClusterId, _host.Self), request);
        var reply = await call.WaitAsync(CallTimeout, _services.Time, leader.Changed).ConfigureAwait(false);
        var again = new List<PendingWrite>();
        for (var i = 0; i < batch.Count; i++)
        {
            var result = reply.Results[i];
            if (result.Fate == CommandFate.Applied)
            {
                batch[i].Complete(result, isLeader);
                continue;
            }

            batch[i].MayHaveHappened |= result.Fate == CommandFate.Unknown;
            again.Add(batch[i]);
        }

        return again;
    }

    /// <summary>The grain factory looks at attributes each time; leaders are few.</summary>
    private IKeyStoreGrain GetGrain(NodeId leader)
    {
        var known = _leader;
        if (known is null || known.Node != leader)
        {
            _leader = known = new(leader, _services.Grains.GetGrain<IKeyStoreGrain>(NodeGrainKeys.Create(_host.Store, leader.Value)));
        }

        return known.Grain;
    }

    private List<PendingWrite> GiveUpLate(List<PendingWrite> writes)
    {
        var now = NowMs;
        return writes.FindAll(write =>
        {
            if (now < write.DeadlineMs)
            {
                return true;
            }

            var (error, detail) = write.MayHaveHappened
                ? (DoozerErrorCode.OutcomeUnknown, "the store's majority went away while it was deciding; read the file to find out")
                : (DoozerErrorCode.Unavailable, "the store has no leader that a majority answers; nothing was changed; try again");
            write.Fail(error, detail);
            return false;
        });
    }

    private sealed record LeaderGrain(NodeId Node, IKeyStoreGrain Grain);
}
