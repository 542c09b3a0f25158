using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Front;
using Orleans.Doozer.Runtime.Grains;
using Orleans.Doozer.Runtime.Stores;

namespace Orleans.Doozer.Runtime.Diagnostics;

/// <summary>Asks the other nodes through their key store grains, and this one directly.</summary>
internal sealed class StoreInspector(StoreHost host, StoreNode node, StoreHostServices services) : IStoreInspector
{
    private const int EventsMax = 1000;

    public NodeId Self => host.Self;

    public IReadOnlyList<NodeId> Nodes
    {
        get
        {
            var nodes = new SortedSet<NodeId>(services.Locator.ActiveNodes()) { Self };
            if (host.Machine is { } machine)
            {
                nodes.UnionWith(ControlFiles.Nodes(machine.Current));
            }

            return [.. nodes];
        }
    }

    public bool IsActive(NodeId other) => other == Self || services.Locator.Find(other.Value) is not null;

    public Task<NodeStatus> AskStatusAsync(NodeId other, CancellationToken cancellationToken) => other == Self
        ? Task.FromResult(ReadStatus())
        : AskAsync(other, grain => grain.Status(Envelope), cancellationToken);

    public Task<ProtocolPage> AskProtocolAsync(NodeId other, long after, int limit, CancellationToken cancellationToken) => other == Self
        ? Task.FromResult(ReadProtocol(after, limit))
        : AskAsync(other, grain => grain.Protocol(Envelope, after, limit), cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Post(new ActionInput((_, _, _) => taken.TrySetResult()));
        return taken.Task.WaitAsync(cancellationToken);
    }

    /// <summary>How this node stands, its disk included.</summary>
    public NodeStatus ReadStatus() => DiskSpace.AddTo(node.Status, services.Identity.Directory?.Path);

    /// <summary>This node's events.</summary>
    public ProtocolPage ReadProtocol(long after, int limit)
    {
        var (counts, events, last) = host.Tap.Read(after, Math.Clamp(limit, 0, EventsMax));
        return new(node.Status, counts, events, last);
    }

    private Envelope Envelope => new(services.ClusterId, Self);

    private async Task<T> AskAsync<T>(NodeId other, Func<IKeyStoreGrain, Task<T>> ask, CancellationToken cancellationToken)
    {
        // A node that is down gets no call: it would fail with an exception and a line in Orleans' log.
        if (!IsActive(other))
        {
            throw new DoozerUnavailableException("its silo is not in the cluster now");
        }

        try
        {
            return await ask(services.Grains.GetGrain<IKeyStoreGrain>(NodeGrainKeys.Create(host.Store, other.Value))).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or DoozerException))
        {
            throw new DoozerUnavailableException($"it did not answer: {exception.Message}");
        }
    }
}
