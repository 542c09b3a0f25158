using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>
/// Answers the front door's reads. Not in the grain: what waits there goes on in the grain's own queue, step by step, and a read has
/// several; here it goes on where its round of votes ended, and the grain hears of it once.
/// </summary>
internal sealed class ReadRequests(IStoreNode node)
{
    private const int NamesPerPage = 4096;
    private const int EntriesPerPage = 1000;
    private const int BytesPerPage = 4 << 20;
    private static readonly TimeSpan RevisionWait = TimeSpan.FromSeconds(5);

    public async Task<GetReply> GetAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        var (status, view) = await ReadAsync(request.Read, request.Path, cancellationToken).ConfigureAwait(false);
        if (view?.Get(request.Path) is not { } file)
        {
            return new GetReply(status, null);
        }

        return file.Revision == Revision.Directory
            ? new GetReply(status with { Error = DoozerErrorCode.IsDirectory }, null)
            : new GetReply(status, view.GetEntry(request.Path));
    }

    public async Task<StatReply> StatAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        var (status, view) = await ReadAsync(request.Read, request.Path, cancellationToken).ConfigureAwait(false);
        return new StatReply(status, view?.Stat(request.Path) ?? default);
    }

    public async Task<ListReply> ListAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        var (status, view) = await ReadAsync(request.Read, request.Path, cancellationToken).ConfigureAwait(false);
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

    public async Task<WalkReply> WalkAsync(WalkRequest request, CancellationToken cancellationToken)
    {
        if (!Glob.TryParse(request.Glob, out var glob))
        {
            return new WalkReply(new ReadStatus(DoozerErrorCode.BadPath, $"invalid glob pattern: {request.Glob}", default, 0), [], false);
        }

        var (status, view) = await ReadAsync(request.Read, null, cancellationToken).ConfigureAwait(false);
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

    public async Task<ReadStatus> PositionAsync(DoozerRead read, CancellationToken cancellationToken) =>
        (await ReadAsync(read, null, cancellationToken).ConfigureAwait(false)).Status;

    private async Task<(ReadStatus Status, StoreView? View)> ReadAsync(
        DoozerRead read, string? path, CancellationToken cancellationToken)
    {
        if (path is not null && DoozerPath.Describe(path) is { } problem)
        {
            return (new ReadStatus(DoozerErrorCode.BadPath, problem, default, 0), null);
        }

        try
        {
            // The store gives the others a deadline of its own, and a token would cost each a registration.
            var view = read.Consistency is ReadConsistency.At or ReadConsistency.AtLeast
                ? await ReadRevisionAsync(read, cancellationToken).ConfigureAwait(false)
                : await node.ReadAsync(read, CancellationToken.None).ConfigureAwait(false);
            return (new ReadStatus(DoozerErrorCode.None, null, view.Revision, view.Position.Value), view);
        }
        catch (DoozerException exception)
        {
            return (new ReadStatus(exception.Code, exception.Message, default, 0), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (new ReadStatus(
                DoozerErrorCode.Unavailable, $"revision {read.Revision} has not come yet; the store is at {node.Current.Revision}",
                node.Current.Revision, node.Current.Position.Value), null);
        }
    }

    /// <summary>A future revision may never come: the caller asks again rather than hold a call for ever.</summary>
    private async Task<StoreView> ReadRevisionAsync(DoozerRead read, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(RevisionWait);
        return await node.ReadAsync(read, patience.Token).ConfigureAwait(false);
    }
}
