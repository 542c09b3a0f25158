using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>Snapshots, and the removal of what nobody needs any more.</summary>
internal sealed partial class SqliteStorage
{
    private readonly Queue<Store> _truncated = new();
    private readonly List<(Store Store, long Generation)> _replaced = [];
    private SqliteStatement _chunk;
    private SqliteStatement _head;
    private SqliteStatement _lastOld;
    private SqliteStatement _deleteLog;
    private SqliteStatement _lastChunk;
    private SqliteStatement _deleteChunks;

    public bool HasCleaning =>
        _truncated.Count > 0
        || (_replaced.Count > 0 && _replaced.Exists(old => _pins.IsFree(old.Store.Name, old.Generation)));

    public long NewGeneration(string store, Slot slot)
    {
        var target = Get(store);
        if (slot < target.Head.Slot)
        {
            throw new ArgumentOutOfRangeException(
                nameof(slot), $"The base snapshot of store '{store}' covers slot {target.Head.Slot}; one of slot {slot} would lose log.");
        }

        return ++target.LastGeneration;
    }

    public void WriteChunk(string store, long generation, int chunk, Slot slot, byte[] bytes)
    {
        var utf8 = Get(store).Utf8;
        _chunk.BindText(1, utf8).Bind(2, generation).Bind(3, chunk).Bind(4, slot.Value).BindBlob(5, bytes)
            .Bind(6, _hash.Chunk(utf8, generation, chunk, slot.Value, bytes)).Execute();
    }

    public void SwitchSnapshot(string store, long generation, Slot slot, int chunks)
    {
        var target = Get(store);
        _head.BindText(1, target.Utf8).Bind(2, generation).Bind(3, slot.Value).Bind(4, chunks)
            .Bind(5, _hash.Head(target.Utf8, generation, slot.Value, chunks)).Execute();
        if (target.Head.Generation > 0)
        {
            _replaced.Add((target, target.Head.Generation));
        }

        target.Head = (generation, slot);
    }

    public void DropSnapshot(string store, long generation) => _replaced.Add((Get(store), generation));

    public void Clean()
    {
        // A bounded number of rows of one store; the next commit goes on, with another store if there is one.
        if (_truncated.TryDequeue(out var store))
        {
            store.NeedsCleaning = false;
            var first = LogKey.Of(store.Number, Slot.Zero);
            _lastOld.Bind(1, first).Bind(2, LogKey.Of(store.Number, store.Marks.TruncatedTo));
            _deleteLog.Bind(1, first);
            if (DeleteSome(_lastOld, _deleteLog, _options.TruncateRows))
            {
                CleanLater(store);
            }

            return;
        }

        // Above the head is what was never finished; nobody can have it.
        var index = _replaced.FindIndex(
            old => old.Generation > old.Store.Head.Generation || _pins.TryRetire(old.Store.Name, old.Generation));
        if (index >= 0)
        {
            var (owner, generation) = _replaced[index];
            _lastChunk.BindText(1, owner.Utf8).Bind(2, generation);
            _deleteChunks.BindText(1, owner.Utf8).Bind(2, generation);
            if (!DeleteSome(_lastChunk, _deleteChunks, _options.SnapshotRows))
            {
                _replaced.RemoveAt(index);
            }
        }
    }

    private void CleanLater(Store store)
    {
        if (!store.NeedsCleaning)
        {
            store.NeedsCleaning = true;
            _truncated.Enqueue(store);
        }
    }

    // True when there may be more. "Last" finds the key of the last of at most so many rows, so that the deletion is one range. The caller has
    // bound in both where that begins.
    private static bool DeleteSome(SqliteStatement last, SqliteStatement delete, int rows)
    {
        last.Bind(3, rows);
        var hasRow = last.Step() && !last.IsNull(0);
        var end = hasRow ? last.Long(0) : 0;
        var count = hasRow ? last.Long(1) : 0;
        last.Reset();
        if (count > 0)
        {
            delete.Bind(3, end).Execute();
        }

        return count == rows;
    }

    [MemberNotNull(nameof(_chunk), nameof(_head), nameof(_lastOld), nameof(_deleteLog), nameof(_lastChunk), nameof(_deleteChunks))]
    private void PrepareSnapshots(SqliteConnection connection)
    {
        _chunk = new SqliteStatement(
            connection,
            "INSERT OR REPLACE INTO snapshot(store, generation, chunk, slot, bytes, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        _head = new SqliteStatement(
            connection, "INSERT OR REPLACE INTO snapshot_head(store, generation, slot, chunks, checksum) VALUES (?1, ?2, ?3, ?4, ?5)");
        _lastOld = new SqliteStatement(
            connection,
            "SELECT max(id), count(*) FROM (SELECT id FROM log WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?3)");
        _deleteLog = new SqliteStatement(connection, "DELETE FROM log WHERE id BETWEEN ?1 AND ?3");
        _lastChunk = new SqliteStatement(
            connection,
            "SELECT max(chunk), count(*) FROM (SELECT chunk FROM snapshot WHERE store = ?1 AND generation = ?2 ORDER BY chunk LIMIT ?3)");
        _deleteChunks = new SqliteStatement(
            connection, "DELETE FROM snapshot WHERE store = ?1 AND generation = ?2 AND chunk <= ?3");
    }

    private SqliteStatement[] SnapshotStatements() => [_chunk, _head, _lastOld, _deleteLog, _lastChunk, _deleteChunks];

    // The marks and heads of all stores, and what a crash left of truncated logs and unfinished or replaced snapshots.
    private void ReadStores(string place)
    {
        var reader = new SqliteReader(_connection, place);
        foreach (var row in reader.Acceptors())
        {
            var store = new Store(row.Store, row.Number) { Marks = row.Marks, Highest = row.Highest, HasRow = true };
            _stores.Add(row.Store, store);
            _nextNumber = Math.Max(_nextNumber, row.Number + 1);
            if (row.Marks.TruncatedTo > Slot.Zero)
            {
                CleanLater(store);
            }
        }

        foreach (var (name, head) in reader.AllHeads())
        {
            var store = Get(name);
            store.Head = (head.Generation, head.Slot);
            store.LastGeneration = head.Generation;
        }

        foreach (var (name, generation) in reader.Generations())
        {
            var store = Get(name);
            store.LastGeneration = Math.Max(store.LastGeneration, generation);
            if (generation != store.Head.Generation)
            {
                _replaced.Add((store, generation));
            }
        }
    }
}
