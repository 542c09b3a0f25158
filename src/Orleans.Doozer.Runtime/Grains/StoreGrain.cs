using Orleans.Concurrency;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Placement;

namespace Orleans.Doozer.Runtime.Grains;

/// <summary>The front door: hands requests to this silo's own <see cref="IStoreNode"/>.</summary>
[StatelessWorker, Reentrant]
internal sealed class StoreGrain(IStoreNodes stores, NodeLocator locator) : Grain, IStoreGrain
{
    private const int NamesPerPage = 4096;
    private const int EntriesPerPage = 1000;
    private const int BytesPerPage = 4 << 20;
    private static readonly TimeSpan RevisionWait = TimeSpan.FromSeconds(5);
    private IStoreNode? _node;

    private IStoreNode Node => _node ??= stores.Get(StoreGrainKeys.StoreOf(this.GetPrimaryKeyString()));

    public Task<WriteReply> Write(WriteRequest request, CancellationToken cancellationToken) =>
        Node.WriteAsync(request, cancellationToken);

    public async Task<GetReply> Get(ReadRequest request, CancellationToken cancellationToken)
    {
        var (status, view) = await ReadAsync(request.Read, request.Path, cancellationToken);
        if (view?.Get(request.Path) is not { } file)
        {
            return new GetReply(status, null);
        }

        return file.Revision == Revision.Directory
            ? new GetReply(status with { Error = DoozerErrorCode.IsDirectory }, null)
            : new GetReply(status, view.GetEntry(request.Path));
    }

    public async Task<StatReply> Stat(ReadRequest request, CancellationToken cancellationToken)
    {
        var (status, view) = await ReadAsync(request.Read, request.Path, cancellationToken);
        return new StatReply(status, view?.Stat(request.Path) ?? default);
    }

    public async Task<ListReply> List(ReadRequest request, CancellationToken cancellationToken)
    {
        var (status, view) = await ReadAsync(request.Read, request.Path, cancellationToken);
        if (view is null)
        {
            return new ListReply(status, [], false);
        }

        var limit = request.Limit <= 0 ? NamesPerPage : Math.Min(request.Limit, NamesPerPage);
        var page = view.List(request.Path, request.After, limit);
        var error = page.Kind == Revision.Directory ? DoozerErrorCode.None
            : page.Kind == Revision.Missing ? DoozerErrorCode.NoEntry : DoozerErrorCode.NotDirectory;
        return new ListReply(status with { Error = error }, [.. page.Names], page.More);
    }

    public async Task<WalkReply> Walk(WalkRequest request, CancellationToken cancellationToken)
    {
        if (!Glob.TryParse(request.Glob, out var glob))
        {
            return new WalkReply(new ReadStatus(DoozerErrorCode.BadPath, $"invalid glob pattern: {request.Glob}", default, 0), [], false);
        }

        var (status, view) = await ReadAsync(request.Read, null, cancellationToken);
        if (view is null)
        {
            return new WalkReply(status, [], false);
        }

        var limit = request.Limit <= 0 ? EntriesPerPage : Math.Min(request.Limit, EntriesPerPage);
        var entries = new List<DoozerEntry>();
        long bytes = 0;
        foreach (var entry in view.Walk(glob, request.After))
        {
            if (entries.Count >= limit || bytes > BytesPerPage)
            {
                return new WalkReply(status, [.. entries], true);
            }

            entries.Add(entry);
            bytes += entry.Value.Length;
        }

        return new WalkReply(status, [.. entries], false);
    }

    public async Task<ReadStatus> Position(DoozerRead read, CancellationToken cancellationToken) =>
        (await ReadAsync(read, null, cancellationToken)).Status;

    public Task<RouteReply> Route()
    {
        var status = Node.HasJoined
            ? new ReadStatus(DoozerErrorCode.None, null, Node.Current.Revision, Node.Current.Position.Value)
            : new ReadStatus(DoozerErrorCode.Unavailable, $"node {Node.Self} has not joined yet", default, 0);
        return Task.FromResult(new RouteReply(Node.Self.Value, [.. locator.ActiveNodes().Select(node => node.Value)], status));
    }

    private async Task<(ReadStatus Status, StoreView? View)> ReadAsync(
        DoozerRead read, string? path, CancellationToken cancellationToken)
    {
        if (path is not null && DoozerPath.Describe(path) is { } problem)
        {
            return (new ReadStatus(DoozerErrorCode.BadPath, problem, default, 0), null);
        }

        // A future revision may never come: the caller asks again rather than hold a call for ever.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (read.Consistency is ReadConsistency.At or ReadConsistency.AtLeast)
        {
            patience.CancelAfter(RevisionWait);
        }

        try
        {
            var view = await Node.ReadAsync(read, patience.Token);
            return (new ReadStatus(DoozerErrorCode.None, null, view.Revision, view.Position.Value), view);
        }
        catch (DoozerException exception)
        {
            return (new ReadStatus(exception.Code, exception.Message, default, 0), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (new ReadStatus(
                DoozerErrorCode.Unavailable, $"revision {read.Revision} has not come yet; the store is at {Node.Current.Revision}",
                Node.Current.Revision, Node.Current.Position.Value), null);
        }
    }
}
