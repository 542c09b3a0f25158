namespace Orleans.Doozer.Runtime.Stores;

/// <summary>
/// What happens when this node must not go on: its disk failed, or a safety property was found broken. The reason is kept and the
/// application is asked to stop; until it does, the node neither votes nor serves.
/// </summary>
/// <param name="stop">Asks the application to stop.</param>
public sealed class NodeFault(Action stop)
{
    private Exception? _reason;

    /// <summary>Why the node stopped; null while it runs.</summary>
    public Exception? Reason => Volatile.Read(ref _reason);

    /// <summary>Stops the application, once.</summary>
    public void Report(Exception reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null)
        {
            stop();
        }
    }
}
