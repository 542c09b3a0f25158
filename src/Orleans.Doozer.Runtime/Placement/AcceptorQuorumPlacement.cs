using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Orleans.Doozer.Runtime.Placement;

/// <summary>
/// A store's Paxos roles live on the nodes whose votes they cast: the key <c>store/node</c> names the node, and the grain is placed on
/// the active silo of that name, or nowhere.
/// </summary>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("doozer.AcceptorQuorumPlacement")]
public sealed class AcceptorQuorumPlacement : PlacementStrategy;

/// <summary>Places a grain on the node that its key names.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AcceptorQuorumPlacementAttribute() : PlacementAttribute(new AcceptorQuorumPlacement());

/// <summary>The fallback behind <see cref="NodeGrainDirectory"/>, which normally answers first: the same rule.</summary>
internal sealed class AcceptorQuorumPlacementDirector(NodeLocator nodes) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(nodes.Locate(target.GrainIdentity));
}
