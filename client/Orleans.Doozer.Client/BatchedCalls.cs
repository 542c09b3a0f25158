using Orleans.Doozer.Grains;

namespace Orleans.Doozer;

/// <summary>A request on its way through a front door.</summary>
/// <param name="reply">Completes with the answer, or as the call failed.</param>
internal class Attempt<TReply>(Task<TReply> reply)
{
    /// <summary>The number of the door; <see cref="FrontDoors.None"/> until the request leaves.</summary>
    public int Door { get; set; } = FrontDoors.None;

    public Task<TReply> Reply => reply;
}

/// <summary>
/// Lets requests that come up together share a grain call, which costs the same turns whatever it asks for. A request that finds none under
/// way leaves at once. Of the others the next call leaves when an eighth of the requests under way have gathered for it: those who are
/// answered together mostly ask again together, so small calls would bring small calls for ever. A call that is full leaves without waiting for more,
/// and nobody waits long for an answer to another: when none come, what has gathered leaves after <see cref="LongestHold"/>.
/// </summary>
/// <param name="doors">The front doors.</param>
/// <param name="losses">Ends the calls when a gateway is lost.</param>
/// <param name="time">Measures how long requests gather.</param>
/// <param name="choose">Which of them a call goes through.</param>
/// <param name="one">Carries one request.</param>
/// <param name="many">Carries several; a null reply is to be asked for alone.</param>
/// <param name="sizeOf">About how many bytes a request adds to its call.</param>
internal sealed class BatchedCalls<TRequest, TReply>(
    FrontDoors doors,
    GatewayLosses losses,
    TimeProvider time,
    Func<int> choose,
    Func<IStoreGrain, TRequest, Task<TReply>> one,
    Func<IStoreGrain, TRequest[], Task<TReply?[]>> many,
    Func<TRequest, int> sizeOf) : IThreadPoolWorkItem
    where TReply : class
{
    /// <summary>What a request waits for others at most.</summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(20);

    private const int GatheredPart = 8;
    private readonly Lock _lock = new();
    private readonly Queue<Call> _gathered = new();
    private int _underWay;
    private long _gatheredBytes;
    private uint _departures;
    private bool _isHeld;       // a timer will see to it that the gathered requests leave
    private bool _isLeaving;    // a work item will

    /// <summary>Sends a request, alone or with others.</summary>
    public Attempt<TReply> Send(TRequest request)
    {
        var call = Call.Create(request);
        lock (_lock)
        {
            _underWay++;
            if (_underWay > 1)
            {
                _gathered.Enqueue(call);
                _gatheredBytes += sizeOf(request);
                LeaveWhenEnough();
                return call;
            }
        }

        _ = LeaveAsync([call]);
        return call;
    }

    void IThreadPoolWorkItem.Execute() => _ = LeaveAsync(Take());

    /// <summary>Looks, under the lock, whether the next call may leave, which it does by way of the thread pool's queue: with all that come
    /// up until its turn.</summary>
    private void LeaveWhenEnough()
    {
        if (_isLeaving || _gathered.Count == 0)
        {
            return;
        }

        var isFull = _gathered.Count >= StoreBatches.MaxRequests || _gatheredBytes >= StoreBatches.FullBytes;
        if (isFull || _gathered.Count * GatheredPart >= _underWay)
        {
            _isLeaving = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else if (!_isHeld)
        {
            _isHeld = true;
            _ = LeaveLaterAsync(_departures);
        }
    }

    private async Task LeaveLaterAsync(uint departures)
    {
        await Task.Delay(LongestHold, time).ConfigureAwait(false);
        lock (_lock)
        {
            if (_isLeaving || _departures != departures)
            {
                return;
            }

            _isLeaving = true;
        }

        _ = LeaveAsync(Take());
    }

    /// <summary>What goes into the next call. There is something: only one of those who leave takes, and only after requests came.</summary>
    private List<Call> Take()
    {
        var calls = new List<Call>();
        lock (_lock)
        {
            for (var bytes = 0L; calls.Count < StoreBatches.MaxRequests && _gathered.TryPeek(out var next);)
            {
                var size = sizeOf(next.Request);
                bytes += size;
                if (calls.Count > 0 && bytes > StoreBatches.FullBytes)
                {
                    break;
                }

                calls.Add(_gathered.Dequeue());
                _gatheredBytes -= size;
            }

            _departures++;
            _isHeld = false;
            _isLeaving = _gathered.Count > 0;
            if (_isLeaving)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }

        return calls;
    }

    private async Task LeaveAsync(List<Call> calls)
    {
        var door = choose();
        calls.ForEach(call => call.Door = door);
        TReply?[] replies;
        try
        {
            replies = calls.Count == 1
                ? [await losses.WaitAsync(one(doors[door], calls[0].Request)).ConfigureAwait(false)]
                : await losses.WaitAsync(many(doors[door], [.. calls.Select(call => call.Request)])).ConfigureAwait(false);
            if (replies.Length != calls.Count)
            {
                throw new InvalidOperationException($"a call with {calls.Count} requests brought {replies.Length} replies");
            }
        }
        catch (Exception exception)
        {
            // Each of those who wait decides whether to try again.
            Left(calls.Count);
            calls.ForEach(call => call.Completion.SetException(exception));
            return;
        }

        Left(calls.Count);
        for (var i = 0; i < calls.Count; i++)
        {
            Complete(calls[i], replies[i]);
        }
    }

    private void Complete(Call call, TReply? reply)
    {
        if (reply is not null)
        {
            call.Completion.SetResult(reply);
            return;
        }

        lock (_lock)
        {
            _underWay++;
        }

        _ = LeaveAsync([call]);
    }

    private void Left(int count)
    {
        lock (_lock)
        {
            _underWay -= count;
            LeaveWhenEnough();
        }
    }

    private sealed class Call : Attempt<TReply>
    {
        private Call(TRequest request, TaskCompletionSource<TReply> completion)
            : base(completion.Task) => (Request, Completion) = (request, completion);

        public TRequest Request { get; }

        public TaskCompletionSource<TReply> Completion { get; }

        public static Call Create(TRequest request) => new(request, new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
