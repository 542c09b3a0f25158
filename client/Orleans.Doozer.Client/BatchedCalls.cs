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
/// way leaves at once. The others leave by way of the thread pool's queue, all that have gathered until their turn: one by one in a
/// process that has little to do, dozens at a time in a busy one. Nobody waits for an answer to another.
/// </summary>
/// <param name="doors">The front doors.</param>
/// <param name="losses">Ends the calls when a gateway is lost.</param>
/// <param name="choose">Which of them a call goes through.</param>
/// <param name="one">Carries one request.</param>
/// <param name="many">Carries several; a null reply is to be asked for alone.</param>
/// <param name="sizeOf">About how many bytes a request adds to its call.</param>
internal sealed class BatchedCalls<TRequest, TReply>(
    FrontDoors doors,
    GatewayLosses losses,
    Func<int> choose,
    Func<IStoreGrain, TRequest, Task<TReply>> one,
    Func<IStoreGrain, TRequest[], Task<TReply?[]>> many,
    Func<TRequest, int> sizeOf) : IThreadPoolWorkItem
    where TReply : class
{
    private readonly Lock _lock = new();
    private readonly Queue<Call> _gathered = new();
    private int _underWay;

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
                if (_gathered.Count == 1)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                }

                return call;
            }
        }

        _ = LeaveAsync([call]);
        return call;
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (Take() is { Count: > 0 } calls)
        {
            _ = LeaveAsync(calls);
        }
    }

    private List<Call> Take()
    {
        var calls = new List<Call>();
        lock (_lock)
        {
            for (var bytes = 0; calls.Count < StoreBatches.MaxRequests && _gathered.TryPeek(out var next);)
            {
                bytes += sizeOf(next.Request);
                if (calls.Count > 0 && bytes > StoreBatches.FullBytes)
                {
                    break;
                }

                calls.Add(_gathered.Dequeue());
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
