using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Stores;

namespace Orleans.Doozer.Runtime.Grains;

/// <summary>What the grains that are bound to a node share: they find their store's host and refuse strangers.</summary>
internal abstract class NodeGrain(StoreHosts stores) : Grain
{
    private StoreHost? _host;

    protected StoreHosts Stores => stores;

    protected StoreHost Host => _host ?? throw new InvalidOperationException("the grain is not active");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // The directory already refuses the wrong silo; this is the second lock on the same door.
        if (!NodeGrainKeys.TryParse(this.GetPrimaryKeyString(), out var store, out var node, out _) || node != stores.Self.Value)
        {
            throw new DoozerException(
                DoozerErrorCode.Other, $"the grain '{this.GetPrimaryKeyString()}' does not belong on node {stores.Self}");
        }

        _host = stores.GetHost(store);
        return Task.CompletedTask;
    }

    /// <summary>The sender, if it belongs to this node's cluster.</summary>
    protected NodeId Checked(Envelope envelope)
    {
        if (stores.ClusterId is not { } own || envelope.ClusterId != own)
        {
            throw new DoozerException(
                DoozerErrorCode.Other,
                $"node {envelope.From} of cluster '{envelope.ClusterId}' spoke to node {stores.Self} of cluster '{stores.ClusterId}'");
        }

        return envelope.From;
    }

    /// <summary>The sender, if it belongs to this node's cluster or to none yet.</summary>
    protected NodeId CheckedOrJoining(Envelope envelope) => envelope.ClusterId is null ? envelope.From : Checked(envelope);
}
