using System.Diagnostics.CodeAnalysis;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime;

namespace Orleans.Doozer.Gateway.Connections;

/// <summary>What the requests of one connection share: the store, what the client may do, where its listing stands, and when to give
/// up.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A write may outlive the connection; these hold nothing but memory.")]
internal sealed class Session(IStoreNode node, DoozerGatewayOptions options, GatewayMetrics metrics)
{
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly SemaphoreSlim _walking = new(1);
    private readonly WalkCursor _cursor = new();

    /// <summary>The store.</summary>
    public IStoreNode Node { get; } = node;

    /// <summary>The limits.</summary>
    public DoozerGatewayOptions Options { get; } = options;

    /// <summary>What the client may do.</summary>
    public AccessRights Rights { get; } = new(options.ReadWriteSecret, options.ReadOnlySecret);

    /// <summary>The client sends no more: what waits for the future is given up.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>The client cannot be answered any more: reads are given up. Writes go on; a client may send one and hang up.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>Gives up what waits for the future.</summary>
    public void End() => _ended.Cancel();

    /// <summary>Gives up everything but writes.</summary>
    public void Abort()
    {
        _ended.Cancel();
        _aborted.Cancel();
    }

    /// <summary>The n-th file that matches; null when there are not so many. One walk at a time, so that each can go on from the last;
    /// the others wait without holding a thread.</summary>
    public async Task<DoozerEntry?> WalkAsync(StoreView view, Glob glob, int offset)
    {
        // Looking for the first match may take long. The reading loop, which has called this, must go on with other requests.
        await Task.Yield();
        await _walking.WaitAsync(Aborted);
        var before = _cursor.Steps;
        try
        {
            return _cursor.Find(view, glob, offset, Aborted);
        }
        finally
        {
            metrics.WalkSteps.Add(_cursor.Steps - before);
            _walking.Release();
        }
    }
}
