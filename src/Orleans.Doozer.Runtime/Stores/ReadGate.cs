namespace Orleans.Doozer.Runtime.Stores;

/// <summary>Linearizable readers of one store: all who come before a round begins share it, and its timer.</summary>
internal sealed class ReadGate(StoreHost host, TimeProvider time, TimeSpan timeout)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _gathering;

    /// <summary>Completes when the applied state contains every write that was acknowledged before the call.</summary>
    /// <exception cref="DoozerUnavailableException">No majority answered in time.</exception>
    public Task WaitAsync(CancellationToken cancellationToken) => Join().WaitAsync(cancellationToken);

    private Task Join()
    {
        lock (_lock)
        {
            if (_gathering is null)
            {
                _gathering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _ = GiveUpLateAsync(_gathering);
                host.Post(new ReadInput(Close, _gathering));
            }

            return _gathering.Task;
        }
    }

    private async Task GiveUpLateAsync(TaskCompletionSource readers)
    {
        await readers.Task.WaitAsync(timeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        if (!readers.Task.IsCompleted)
        {
            readers.TrySetException(new DoozerUnavailableException(
                $"no majority of the store's voters answered within {timeout.TotalSeconds:0.#} s; a local read still works"));
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
