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
    // Long calls are lost calls to Orleans: whoever wants to wait longer asks again.
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(5);

    public Task<WatchReply> Wait(WatchRequest request, CancellationToken cancellationToken) =>
        Stores.Get(Host.Store).WatchAsync(request with { MaxWait = Bounded(request.MaxWait) }, cancellationToken);

    public Task<WatchStreamChanged> Change(WatchStreamChange change) => Task.FromResult(Host.WatchStreams.Change(change));

    public Task<WatchStreamReply> Follow(WatchStreamRequest request, CancellationToken cancellationToken) =>
        Host.WatchStreams.FollowAsync(request with { MaxWait = Bounded(request.MaxWait) }, cancellationToken);

    private static TimeSpan Bounded(TimeSpan wait) => TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, WaitMax.Ticks));
}
