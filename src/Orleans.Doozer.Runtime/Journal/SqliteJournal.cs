using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>
/// The journal of a node with a disk: one SQLite database in WAL mode that syncs at every commit. Any thread may call; one thread of
/// its own writes.
/// </summary>
public sealed class SqliteJournal : IJournal
{
    private readonly DataDirectory _directory;
    private readonly JournalWriter _writer;
    private readonly SnapshotSaver _saver;
    private readonly SnapshotPins _pins = new();

    /// <summary>Opens the journal of a data directory; the directory must outlive it.</summary>
    /// <param name="directory">The open directory; at most one journal at a time.</param>
    /// <param name="logger">Told of the opening, slow syncs and the fault.</param>
    /// <param name="faulted">Called once, on the journal's thread, when the journal stopped because of an error.</param>
    /// <exception cref="JournalException">The database cannot be opened or is damaged.</exception>
    public SqliteJournal(DataDirectory directory, ILogger<SqliteJournal> logger, Action<JournalException>? faulted = null)
        : this(directory, logger, faulted, JournalOptions.Default)
    {
    }

    internal SqliteJournal(
        DataDirectory directory, ILogger<SqliteJournal> logger, Action<JournalException>? faulted, JournalOptions options)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(logger);
        _directory = directory;
        SqliteConnection? connection = null;
        try
        {
            connection = JournalDatabase.OpenWriter(directory.Path, out _);
            var storage = new SqliteStorage(connection, directory.Path, options, _pins);
            var records = new SqliteReader(connection, directory.Path).CountLog();
            _writer = new JournalWriter(storage, directory.Path, options, logger, faulted, directory.Detach);
            _saver = new SnapshotSaver(_writer);
            directory.Attach(_writer);
            _writer.Start();
            JournalLog.Opened(logger, directory.Path, directory.Node.Value, directory.ClusterId ?? "none", storage.Stores, records);
        }
        catch (Exception error)
        {
            connection?.Dispose();
            if (error is SqliteException)
            {
                throw JournalErrors.From(error, directory.Path);
            }

            throw;
        }
    }

    /// <summary>What is queued and not yet durable, in bytes, about. The caller bounds it.</summary>
    public long PendingBytes => _writer.PendingBytes;

    /// <summary>What stopped the journal; null while it works.</summary>
    public JournalException? Fault => _writer.Fault;

    /// <summary>Transactions committed; each is one sync.</summary>
    internal long Commits => _writer.Commits;

    /// <inheritdoc/>
    public PersistedState Load(string store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return Read(reader => reader.Load(store));
    }

    /// <inheritdoc/>
    public IReadOnlyList<AcceptedEntry> ReadDecided(string store, Slot from, Slot to, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(store);
        return Read(reader => reader.ReadDecided(store, from, to, maxBytes));
    }

    /// <summary>Queues writes. The list must not change until they are durable.</summary>
    /// <inheritdoc/>
    public void Append(string store, IReadOnlyList<JournalWrite> writes, Action<JournalException?>? completed)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(writes);
        _writer.Append(store, writes, completed);
    }

    /// <inheritdoc/>
    /// <remarks>The chunks stay readable while they are enumerated, also when the snapshot is replaced meanwhile. One that was replaced
    /// before the enumeration begins may be gone: then that throws <see cref="InvalidOperationException"/>; load again.</remarks>
    public (Slot Slot, IEnumerable<byte[]> Chunks)? LoadSnapshot(string store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return Read(reader => reader.Head(store)) is { } head ? (head.Slot, ReadChunks(store, head)) : null;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The store's snapshot covers a later slot.</exception>
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
        try
        {
            using var connection = JournalDatabase.OpenReader(_directory.Path);
            return JournalRecords.Get(connection, _directory.Path, name);
        }
        catch (SqliteException error)
        {
            throw JournalErrors.From(error, _directory.Path);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A cancelled wait leaves it open whether the record is written.</remarks>
    public Task PutRecordAsync(string name, byte[] value, CancellationToken cancellationToken)
    {
        JournalRecords.RequireName(name);
        ArgumentNullException.ThrowIfNull(value);
        cancellationToken.ThrowIfCancellationRequested();
        return _writer.PutRecordAsync(name, value).WaitAsync(cancellationToken);
    }

    /// <summary>Writes what is queued and closes. Snapshots that are being saved are given up.</summary>
    public ValueTask DisposeAsync() => new(_writer.StopAsync());

    private T Read<T>(Func<SqliteReader, T> read)
    {
        _writer.ThrowIfUnreadable();
        try
        {
            using var connection = JournalDatabase.OpenReader(_directory.Path);
            return read(new SqliteReader(connection, _directory.Path));
        }
        catch (SqliteException error)
        {
            throw JournalErrors.From(error, _directory.Path);
        }
    }

    // No transaction is held while the caller works on a chunk: a reader of hours would let the WAL grow for hours.
    private IEnumerable<byte[]> ReadChunks(string store, SnapshotHead head)
    {
        if (!_pins.TryPin(store, head.Generation))
        {
            throw new InvalidOperationException($"The base snapshot of store '{store}' was replaced before it was read; load it again.");
        }

        try
        {
            for (long chunk = 0; chunk < head.Chunks; chunk++)
            {
                yield return Read(reader => reader.Chunk(store, head, chunk));
            }
        }
        finally
        {
            _pins.Unpin(store, head.Generation);
            _writer.Wake();
        }
    }
}
