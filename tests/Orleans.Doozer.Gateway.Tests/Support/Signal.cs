namespace Orleans.Doozer.Gateway.Tests.Support;

/// <summary>A number that a test can wait for, so that nothing sleeps.</summary>
internal sealed class Signal
{
    private readonly object _gate = new();
    private readonly List<(Func<int, bool> Condition, TaskCompletionSource Done)> _waiters = [];
    private int _value;

    public int Value
    {
        get
        {
            lock (_gate)
            {
                return _value;
            }
        }
    }

    public void Add(int change)
    {
        lock (_gate)
        {
            _value += change;
            foreach (var waiter in _waiters.Where(waiter => waiter.Condition(_value)))
            {
                waiter.Done.TrySetResult();
            }
        }
    }

    public Task UntilAsync(int value) => UntilAsync(now => now == value);

    public Task UntilAsync(Func<int, bool> condition)
    {
        lock (_gate)
        {
            if (condition(_value))
            {
                return Task.CompletedTask;
            }

            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((condition, done));
            return done.Task.WaitAsync(RawClient.Patience);
        }
    }
}
