namespace Orleans.Doozer.Runtime.Stores;

/// <summary>Linearizable readers of one store: all who come before a round begins share it.</summary>
internal sealed class ReadGate(StoreHost host, TimeProvider time)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _gathering;

    /// <summary>Completes when the applied state contains every write that was acknowledged before the call.</summary>
    /// <exception cref="DoozerUnavailableException">No majority answered within <paramref name="timeout"/>.</exception>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await Join().WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new DoozerUnavailableException(
                $"no majority of the store's voters answered within {timeout.TotalSeconds:0.#} s; a local read still works");
        }
    }

    private Task Join()
    {
        lock (_lock)
        {
            if (_gathering is null)
            {
                var readers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _gathering = readers;
                host.Post(new ReadInput(Close, readers));
            }

            return _gathering.Task;
        }
    }

    private TaskCompletionSource Close()
    {
        lock (_lock)
        {
            var readers = _gathering!;
            _gathering = null;
            return readers;
        }
    }
}
