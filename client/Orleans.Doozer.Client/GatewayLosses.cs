namespace Orleans.Doozer;

/// <summary>
/// Ends the calls that are under way when an Orleans client loses the connection to a gateway. Orleans knows at once when it is closed, as
/// it is when the node dies, and yet lets the calls that went through it wait for their time limits; which calls those are it does not
/// tell. So all end as lost, and are made again: a write with the same request id, which the store applies once.
/// </summary>
internal sealed class GatewayLosses
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A gateway was lost. Calls that are made from now on find another.</summary>
    public void Lost() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>The answer of a call that has just been made; a loss between the two is left to the call's time limits.</summary>
    /// <exception cref="IOException">A gateway was lost first.</exception>
    public async Task<T> WaitAsync<T>(Task<T> call)
    {
        if (await Task.WhenAny(call, Volatile.Read(ref _next).Task).ConfigureAwait(false) != call)
        {
            StoreCaller.Abandon(call);
            throw new IOException("the connection to a gateway was closed while the call was under way");
        }

        return await call.ConfigureAwait(false);
    }
}
