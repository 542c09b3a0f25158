using System.Collections.Concurrent;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>
/// Saves base snapshots, one at a time for each store. The chunks are made on a pool thread while the one before is written: at most
/// two are in memory, and the journal's thread never makes one.
/// </summary>
internal sealed class SnapshotSaver(JournalWriter writer)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    public Task SaveAsync(string store, Slot slot, IEnumerable<byte[]> chunks, CancellationToken cancellationToken) =>
        Task.Run(() => SaveOneAsync(store, slot, chunks, cancellationToken), cancellationToken);

    private async Task SaveOneAsync(string store, Slot slot, IEnumerable<byte[]> chunks, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(store, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            var generation = await writer.RunAsync(storage => storage.NewGeneration(store, slot));
            await WriteAsync(store, generation, slot, chunks, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task WriteAsync(
        string store, long generation, Slot slot, IEnumerable<byte[]> chunks, CancellationToken cancellationToken)
    {
        Task written = Task.CompletedTask;
        try
        {
            var count = 0;
            foreach (var chunk in chunks)
            {
                await written;
                cancellationToken.ThrowIfCancellationRequested();
                var number = count++;
                written = RunAsync(storage => storage.WriteChunk(store, generation, number, slot, chunk));
            }

            await written;
            cancellationToken.ThrowIfCancellationRequested();
            await RunAsync(storage => storage.SwitchSnapshot(store, generation, slot, count));
        }
        catch
        {
            await DropAsync(store, generation, written);
            throw;
        }
    }

    // What was written of an unfinished snapshot is invisible and goes away; at the latest the next start removes it.
    private async Task DropAsync(string store, long generation, Task written)
    {
        try
        {
            await written;
            await RunAsync(storage => storage.DropSnapshot(store, generation));
        }
        catch (JournalException)
        {
            // The journal stopped; its fault is reported by what brought us here.
        }
    }

    private Task<bool> RunAsync(Action<IJournalStorage> action) =>
        writer.RunAsync(
            storage =>
            {
                action(storage);
                return true;
            });
}
