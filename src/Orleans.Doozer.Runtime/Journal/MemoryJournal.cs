using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>
/// The journal of a node without a disk: what it holds ends with the process, and so must the node's identity. The same writer as on
/// a disk: completions come in order, on its thread, and never while <see cref="Append"/> is still running on the caller's.
/// </summary>
public sealed class MemoryJournal : IJournal
{
    private const string Place = "memory";

    private readonly MemoryStorage _storage = new();
    private readonly JournalWriter _writer;
    private readonly SnapshotSaver _saver;

    /// <summary>Makes an empty journal.</summary>
    /// <param name="logger">Told of the fault.</param>
    /// <param name="faulted">Called once when a completion threw and the journal stopped: nothing else can stop it.</param>
    public MemoryJournal(ILogger<MemoryJournal>? logger = null, Action<JournalException>? faulted = null)
    {
        _writer = new JournalWriter(
            _storage, Place, JournalOptions.Default, logger ?? NullLogger<MemoryJournal>.Instance, faulted, closed: null);
        _saver = new SnapshotSaver(_writer);
        _writer.Start();
    }

    /// <summary>What is queued, in bytes, about.</summary>
    public long PendingBytes => _writer.PendingBytes;

    /// <summary>What stopped the journal; null while it works.</summary>
    public JournalException? Fault => _writer.Fault;

    /// <inheritdoc/>
    public PersistedState Load(string store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _writer.ThrowIfUnreadable();
        return _storage.Load(store);
    }

    /// <inheritdoc/>
    public IReadOnlyList<AcceptedEntry> ReadDecided(string store, Slot from, Slot to, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(store);
        _writer.ThrowIfUnreadable();
        return _storage.ReadDecided(store, from, to, maxBytes);
    }

    /// <inheritdoc/>
    public void Append(string store, IReadOnlyList<JournalWrite> writes, Action<JournalException?>? completed)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(writes);
        _writer.Append(store, writes, completed);
    }

    /// <inheritdoc/>
    public (Slot Slot, IEnumerable<byte[]> Chunks)? LoadSnapshot(string store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _writer.ThrowIfUnreadable();
        return _storage.LoadSnapshot(store);
    }

    /// <inheritdoc/>
    public Task SaveSnapshotAsync(string store, Slot slot, IEnumerable<byte[]> chunks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(chunks);
        return _saver.SaveAsync(store, slot, chunks, cancellationToken);
    }

    /// <inheritdoc/>
    public byte[]? GetRecord(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _writer.ThrowIfUnreadable();
        return _storage.GetRecord(name);
    }

    /// <inheritdoc/>
    public Task PutRecordAsync(string name, byte[] value, CancellationToken cancellationToken)
    {
        JournalRecords.RequireName(name);
        ArgumentNullException.ThrowIfNull(value);
        cancellationToken.ThrowIfCancellationRequested();
        return _writer.PutRecordAsync(name, value).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(_writer.StopAsync());
}
