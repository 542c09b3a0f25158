using System.Text;
using Microsoft.Data.Sqlite;
using Orleans.Doozer.Consensus;
using SQLitePCL;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>The writing half of <see cref="SqliteJournal"/>: log, marks and records. Only the journal's thread calls it.</summary>
internal sealed partial class SqliteStorage : IJournalStorage
{
    private const int NoCheckpointOnClose = 1006;

    private readonly SqliteConnection _connection;
    private readonly JournalOptions _options;
    private readonly SnapshotPins _pins;
    private readonly RecordHash _hash = new();
    private readonly Dictionary<string, Store> _stores = new(StringComparer.Ordinal);
    private readonly List<Store> _changed = [];
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _log;
    private readonly SqliteStatement _marks;
    private readonly SqliteStatement _record;
    private (NodeId Node, byte[] Utf8) _node = (NodeId.None, []);

    public SqliteStorage(SqliteConnection connection, string place, JournalOptions options, SnapshotPins pins)
    {
        _connection = connection;
        _options = options;
        _pins = pins;
        JournalDatabase.Pragma(connection, FormattableString.Invariant($"wal_autocheckpoint={options.CheckpointPages}"));
        if (options.MaxPages > 0)
        {
            JournalDatabase.Pragma(connection, FormattableString.Invariant($"max_page_count={options.MaxPages}"));
        }

        _begin = new SqliteStatement(connection, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(connection, "COMMIT");
        _log = new SqliteStatement(
            connection, "INSERT OR REPLACE INTO log(store, slot, round, node, batch, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        _marks = new SqliteStatement(
            connection,
            "INSERT OR REPLACE INTO acceptor(store, round, node, truncated, decided, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        _record = JournalRecords.PreparePut(connection);
        PrepareSnapshots(connection);
        ReadStores(place);
    }

    /// <summary>How many stores have written.</summary>
    public int Stores => _stores.Count;

    public void Begin() => _begin.Execute();

    public void Write(string store, JournalWrite write)
    {
        var target = Get(store);
        if (write is AcceptWrite accept)
        {
            WriteEntry(target, accept.Entry);
            return;
        }

        var marks = target.Marks.With(write);
        if (marks != target.Marks || !target.HasRow)
        {
            Mark(target);
            if (marks.TruncatedTo > target.Marks.TruncatedTo)
            {
                CleanLater(target);
            }

            target.Marks = marks;
        }
    }

    public void PutRecord(string name, byte[] value) => JournalRecords.Put(_record, _hash, name, value);

    public void Commit()
    {
        // Many promises and marks of one commit are one row.
        foreach (var store in _changed)
        {
            WriteMarks(store);
        }

        _changed.Clear();
        _commit.Execute();
    }

    public void Abandon()
    {
        var handle = _connection.Handle!;
        _ = raw.sqlite3_db_config(handle, NoCheckpointOnClose, 1, out _);
        _ = raw.sqlite3_exec(handle, "ROLLBACK");
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_begin, _commit, _log, _marks, _record, .. SnapshotStatements()])
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private void WriteEntry(Store store, AcceptedEntry entry)
    {
        // The base snapshot covers it: it has no place in the log, and the row would never be removed.
        if (entry.Slot <= store.Marks.TruncatedTo)
        {
            return;
        }

        // A log without the store's row in acceptor would be a lost promise; so the row is there from the first entry on.
        if (!store.HasRow)
        {
            Mark(store);
        }

        var node = Utf8(entry.Ballot.Node);
        _log.BindText(1, store.Utf8).Bind(2, entry.Slot.Value).Bind(3, entry.Ballot.Round).BindText(4, node)
            .BindBlob(5, entry.Batch).Bind(6, _hash.Log(store.Utf8, entry.Slot.Value, entry.Ballot.Round, node, entry.Batch))
            .Execute();
    }

    private void Mark(Store store)
    {
        store.HasRow = true;
        if (!store.IsChanged)
        {
            store.IsChanged = true;
            _changed.Add(store);
        }
    }

    private void WriteMarks(Store store)
    {
        var (promised, truncated, decided) = store.Marks;
        var node = Utf8(promised.Node);
        _marks.BindText(1, store.Utf8).Bind(2, promised.Round).BindText(3, node).Bind(4, truncated.Value).Bind(5, decided.Value)
            .Bind(6, _hash.Acceptor(store.Utf8, promised.Round, node, truncated, decided)).Execute();
        store.IsChanged = false;
    }

    // Nearly every entry is of the same leader.
    private byte[] Utf8(NodeId node)
    {
        if (_node.Node != node)
        {
            _node = (node, Encoding.UTF8.GetBytes(node.Value));
        }

        return _node.Utf8;
    }

    private Store Get(string name)
    {
        if (!_stores.TryGetValue(name, out var store))
        {
            _stores[name] = store = new Store(name);
        }

        return store;
    }

    /// <summary>What the thread remembers of a store.</summary>
    private sealed class Store(string name)
    {
        public string Name { get; } = name;

        public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(name);

        public StoreMarks Marks { get; set; }

        public bool HasRow { get; set; }

        public bool IsChanged { get; set; }


        public bool NeedsCleaning { get; set; }

        /// <summary>The visible snapshot; generation 0 is none.</summary>
        public (long Generation, Slot Slot) Head { get; set; }

        public long LastGeneration { get; set; }
    }
}
