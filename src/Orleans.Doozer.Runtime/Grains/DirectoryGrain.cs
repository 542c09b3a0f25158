using Orleans.Concurrency;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Placement;
using Orleans.Doozer.Runtime.Stores;
using Orleans.GrainDirectory;

namespace Orleans.Doozer.Runtime.Grains;

/// <summary>A door to the watches under one directory. It is not kept for ever: a directory that nobody watches needs no door.</summary>
[AcceptorQuorumPlacement, GrainDirectory(NodeGrainDirectory.Name), Orleans.Placement.Immovable, Reentrant]
internal sealed class DirectoryGrain(StoreHosts stores) : NodeGrain(stores), IDirectoryGrain
{
    public Task<WatchReply> Wait(WatchRequest request, CancellationToken cancellationToken) =>
        Stores.Get(Host.Store).WatchAsync(request, cancellationToken);
}
