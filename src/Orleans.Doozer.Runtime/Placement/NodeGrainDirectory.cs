using Orleans.GrainDirectory;

namespace Orleans.Doozer.Runtime.Placement;

/// <summary>
/// A grain directory that stores nothing and asks nobody: the owner of a node-bound grain follows from its key and the membership. The
/// runtime kills an activation that appears on any other silo and forwards its messages.
/// </summary>
internal sealed class NodeGrainDirectory(NodeLocator nodes) : IGrainDirectory
{
    public const string Name = "doozer-nodes";

    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(OwnerOf(address));

    public Task<GrainAddress?> Register(GrainAddress address, GrainAddress? previousAddress) => Register(address);

    public Task<GrainAddress?> Lookup(GrainId grainId) =>
        Task.FromResult<GrainAddress?>(new GrainAddress { GrainId = grainId, SiloAddress = nodes.Locate(grainId) });

    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;

    private GrainAddress OwnerOf(GrainAddress address)
    {
        var owner = nodes.Locate(address.GrainId);

        // The very address must come back when it is right: another activation id would make the runtime register again and again.
        return owner.Equals(address.SiloAddress)
            ? address
            : new GrainAddress { GrainId = address.GrainId, SiloAddress = owner };
    }
}
