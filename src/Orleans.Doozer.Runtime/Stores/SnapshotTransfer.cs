using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Grains;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>Base snapshots of one store: written behind the head, read by nodes that are too far behind, fetched when this node is.
/// All of it runs beside the store's loop.</summary>
internal sealed class SnapshotTransfer(StoreHost host, StoreHostServices services) : IDisposable
{
    // Small, because a vote waits for the chunk that is being written (journal README); and what one transfer may take of a link that
    // also carries votes: about 32 MiB a second.
    private const int ChunkBytes = 128 * 1024;
    private const int ChunksPerSecond = 256;
    private static readonly TimeSpan ReaderSilence = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _reading = new(1);
    private IEnumerator<byte[]>? _chunks;
    private NodeId _reader;
    private Slot _slot;
    private int _next;
    private long _asked;

    /// <summary>Writes a base snapshot; the log below it is cut once it is durable.</summary>
    public void BeginSave(Slot slot, (CapturedState State, IReadOnlyList<ConfigurationChange> Configurations) captured) =>
        _ = SaveAsync(slot, captured.State, captured.Configurations);

    /// <summary>Copies a node's base snapshot and continues from it.</summary>
    public void BeginFetch(NodeId source) => _ = FetchAsync(source);

    /// <summary>A chunk of this node's base snapshot, for a node that copies it from the first to the last.</summary>
    public async Task<SnapshotChunk> ReadChunkAsync(NodeId reader, int chunk)
    {
        await _reading.WaitAsync();
        try
        {
            if (chunk == 0)
            {
                // Two nodes that took the snapshot from each other would start over for ever: the first goes on while it asks.
                if (_chunks is not null && _reader != reader && services.Time.GetElapsedTime(_asked) < ReaderSilence)
                {
                    throw new DoozerUnavailableException($"node {_reader} copies the state from node {host.Self} now; try again in a moment");
                }

                var snapshot = services.Journal.LoadSnapshot(host.Store)
                    ?? throw new DoozerUnavailableException($"node {host.Self} has no state to copy yet");
                _chunks?.Dispose();
                (_slot, _chunks, _reader, _next) = (snapshot.Slot, snapshot.Chunks.GetEnumerator(), reader, 0);
            }

            if (_chunks is null || _reader != reader || _next != chunk)
            {
                throw new DoozerUnavailableException("another node began to copy the state; start over");
            }

            _next++;
            _asked = services.Time.GetTimestamp();
            var bytes = await Task.Run(() => _chunks.MoveNext() ? _chunks.Current : null);
            if (bytes is null)
            {
                _chunks.Dispose();
                _chunks = null;
            }

            return new SnapshotChunk(services.ClusterId!, _slot, bytes);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose()
    {
        _chunks?.Dispose();
        _reading.Dispose();
    }

    private async Task SaveAsync(Slot slot, CapturedState state, IReadOnlyList<ConfigurationChange> configurations)
    {
        try
        {
            await services.Journal.SaveSnapshotAsync(
                host.Store, slot, SnapshotCodec.Encode(state, configurations, ChunkBytes), CancellationToken.None);
            StoreLog.SnapshotSaved(services.Logger, host.Store, slot);
            host.Post(new ActionInput((replica, _, effects) => replica.SnapshotSaved(slot, effects)));
        }
        catch (Exception exception)
        {
            StoreLog.SnapshotFailed(services.Logger, host.Store, exception.Message);
            host.Post(new ActionInput((replica, _, _) => replica.SnapshotFailed()));
        }
    }

    private async Task FetchAsync(NodeId source)
    {
        try
        {
            StoreLog.SnapshotFetching(services.Logger, host.Store, source);
            var (slot, clusterId, chunks) = await CopyAsync(source);
            var snapshot = await Task.Run(() => SnapshotCodec.Decode(chunks));
            services.Identity.AdoptCluster(clusterId);
            await services.Journal.SaveSnapshotAsync(host.Store, slot, chunks, CancellationToken.None);
            StoreLog.SnapshotInstalled(services.Logger, host.Store, slot, chunks.Sum(chunk => (long)chunk.Length));
            host.Post(new ActionInput((replica, now, effects) => replica.Install(snapshot, now, effects)));
        }
        catch (Exception exception)
        {
            StoreLog.SnapshotFailed(services.Logger, host.Store, exception.Message);
            host.Post(new ActionInput((replica, _, _) => replica.InstallFailed()));
        }
    }

    private async Task<(Slot Slot, string ClusterId, List<byte[]> Chunks)> CopyAsync(NodeId source)
    {
        var grain = services.Grains.GetGrain<IKeyStoreGrain>(NodeGrainKeys.Create(host.Store, source.Value));
        var chunks = new List<byte[]>();
        while (true)
        {
            var chunk = await grain.FetchSnapshot(new Envelope(services.ClusterId, host.Self), chunks.Count);
            if (chunk.Bytes is null)
            {
                return (chunk.Slot, chunk.ClusterId, chunks);
            }

            chunks.Add(chunk.Bytes);
            await Task.Delay(TimeSpan.FromSeconds(1.0 / ChunksPerSecond), services.Time);
        }
    }
}
