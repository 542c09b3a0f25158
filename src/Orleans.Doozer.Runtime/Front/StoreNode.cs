using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Stores;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>The front door of one store on this node: validates, admits, and knows where to go.</summary>
internal sealed class StoreNode(StoreHost host, StoreHostServices services) : IStoreNode
{
    private readonly WriteForwarder _forwarder = new(host, services);
    private readonly WatchReader _watches = new(host, services.Time);
    private readonly StatusReader _status = new(host, services);
    private readonly Guid _client = Guid.NewGuid();
    private long _sequence;

    public string Store => host.Store;

    public NodeId Self => host.Self;

    public NodeId Leader => host.Leader.Node;

    public bool HasJoined => host.Machine is not null;

    public StoreView Current => Machine.Current;

    public NodeStatus Status => _status.Read();

    private StateMachine Machine =>
        host.Machine ?? throw new DoozerUnavailableException(host.NotJoined);

    public RequestId NewRequestId() =>
        new(_client, Interlocked.Increment(ref _sequence), host.Machine?.Current.Position.Value ?? 0);

    public async Task<StoreView> ReadAsync(DoozerRead read, CancellationToken cancellationToken)
    {
        var started = services.Time.GetTimestamp();
        var outcome = DoozerErrorCode.None;
        try
        {
            return await ReadUncountedAsync(read, cancellationToken).ConfigureAwait(false);
        }
        catch (DoozerException exception)
        {
            outcome = exception.Code;
            throw;
        }
        finally
        {
            services.Metrics.Read(services.Time.GetElapsedTime(started), outcome);
        }
    }

    public async Task<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        if (Refuse(request) is { } refusal)
        {
            return refusal;
        }

        var started = services.Time.GetTimestamp();
        var command = new Command(request.Id, request.Kind, request.Path, request.Value, request.Expected);
        var reply = await _forwarder.WriteAsync(CommandCodec.Encode(command), cancellationToken).ConfigureAwait(false);
        services.Metrics.Wrote(services.Time.GetElapsedTime(started), reply.Error);
        return reply;
    }

    public async Task<WatchReply> WatchAsync(WatchRequest request, CancellationToken cancellationToken)
    {
        var reply = await _watches.ReadAsync(request, cancellationToken);
        services.Metrics.Watched(reply.Events.Length);
        return reply;
    }

    private async Task<StoreView> ReadUncountedAsync(DoozerRead read, CancellationToken cancellationToken)
    {
        switch (read.Consistency)
        {
            case ReadConsistency.Local:
                return Current;
            case ReadConsistency.AtLeast:
                await WaitForAsync(read.Revision, cancellationToken);
                return Current;
            case ReadConsistency.At:
                return await ReadAtAsync(read.Revision, cancellationToken);
            default:
                _ = Machine;
                await host.Reads.WaitAsync(cancellationToken).ConfigureAwait(false);
                return Current;
        }
    }

    private async Task<StoreView> ReadAtAsync(Revision revision, CancellationToken cancellationToken)
    {
        // As in Doozer, a revision before the first is the first.
        var at = revision < new Revision(1) ? new Revision(1) : revision;
        await WaitForAsync(at, cancellationToken);
        return Machine.History.TryGetView(at, out var view)
            ? view
            : throw new DoozerTooLateException($"revision {at} is older than the kept history, which begins at {Machine.History.Oldest}");
    }

    private async Task WaitForAsync(Revision revision, CancellationToken cancellationToken)
    {
        while (true)
        {
            var applied = host.NextApplied;
            if (Current.Revision >= revision)
            {
                return;
            }

            await applied.WaitAsync(cancellationToken);
        }
    }

    private WriteReply? Refuse(WriteRequest request)
    {
        var options = services.Options;
        if (request.Kind != WriteKind.Nop && DoozerPath.Describe(request.Path, options.MaxPathLength) is { } problem)
        {
            return Refusal(DoozerErrorCode.BadPath, problem);
        }

        if (request.Value.Length > options.MaxValueBytes)
        {
            return Refusal(
                DoozerErrorCode.LimitExceeded,
                $"the value has {request.Value.Length} bytes; at most {options.MaxValueBytes} are allowed (MaxValueBytes)");
        }

        // Deleting is how a full store gets room again.
        return request.Kind == WriteKind.Set && host.Machine?.Current.SizeBytes > options.MaxStoreBytes
            ? Refusal(
                DoozerErrorCode.LimitExceeded,
                $"the store holds {host.Machine.Current.SizeBytes} bytes, more than {options.MaxStoreBytes} (MaxStoreBytes); delete files first")
            : null;
    }

    private WriteReply Refusal(DoozerErrorCode error, string detail) =>
        new(error, detail, host.Machine?.Current.Revision ?? default, host.Machine?.Current.Position.Value ?? 0);
}
