using Orleans.Concurrency;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Front;
using Orleans.Doozer.Runtime.Placement;

namespace Orleans.Doozer.Runtime.Grains;

/// <summary>The front door: hands requests to this silo's own <see cref="IStoreNode"/>.</summary>
[StatelessWorker, Reentrant]
internal sealed class StoreGrain(IStoreNodes stores, NodeLocator locator) : Grain, IStoreGrain
{
    private IStoreNode? _node;
    private ReadRequests? _reads;

    private IStoreNode Node => _node ??= stores.Get(StoreGrainKeys.StoreOf(this.GetPrimaryKeyString()));

    private ReadRequests Reads => _reads ??= new ReadRequests(Node);

    public Task<WriteReply> Write(WriteRequest request, CancellationToken cancellationToken) =>
        Node.WriteAsync(request, cancellationToken);

    public Task<WriteReply[]> WriteAll(WriteRequest[] requests) => BatchRequests.WriteAsync(Node, requests);

    public Task<GetReply?[]> GetAll(ReadRequest[] requests) => BatchRequests.ReadAsync(Reads, requests);

    public Task<GetReply> Get(ReadRequest request, CancellationToken cancellationToken) => Reads.GetAsync(request, cancellationToken);

    public Task<StatReply> Stat(ReadRequest request, CancellationToken cancellationToken) => Reads.StatAsync(request, cancellationToken);

    public Task<ListReply> List(ReadRequest request, CancellationToken cancellationToken) => Reads.ListAsync(request, cancellationToken);

    public Task<WalkReply> Walk(WalkRequest request, CancellationToken cancellationToken) => Reads.WalkAsync(request, cancellationToken);

    public Task<ReadStatus> Position(DoozerRead read, CancellationToken cancellationToken) => Reads.PositionAsync(read, cancellationToken);

    public Task<RouteReply> Route()
    {
        var status = Node.HasJoined
            ? new ReadStatus(DoozerErrorCode.None, null, Node.Current.Revision, Node.Current.Position.Value)
            : new ReadStatus(DoozerErrorCode.Unavailable, $"node {Node.Self} has not joined yet", default, 0);
        return Task.FromResult(new RouteReply(Node.Self.Value, [.. locator.ActiveNodes().Select(node => node.Value)], status));
    }
}
