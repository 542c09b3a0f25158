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
    private readonly List<Store> _touched = [];
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _log;
    private readonly SqliteStatement _marks;
    private readonly SqliteStatement _record;
    private (NodeId Node, byte[] Utf8) _node = (NodeId.None, []);
    private int _nextNumber;

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
            connection, "INSERT OR REPLACE INTO log(id, round, node, decided, checksum, batch) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        _marks = new SqliteStatement(
            connection,
            "INSERT OR REPLACE INTO acceptor(store, number, round, node, truncated, decided, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
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
            Hold(target, accept.Entry);
            return;
        }

        var (before, marks) = (target.Marks, target.Marks.With(write));
        if (marks == before && target.HasRow)
        {
            return;
        }

        Touch(target);
        target.Marks = marks;
        target.IsDecidedDue |= marks.DecidedTo > before.DecidedTo;
        target.IsRowDue |= marks.Promised > before.Promised || marks.TruncatedTo > before.TruncatedTo || !target.HasRow;
        if (marks.TruncatedTo > before.TruncatedTo)
        {
            CleanLater(target);
        }
    }

    public void PutRecord(string name, byte[] value) => JournalRecords.Put(_record, _hash, name, value);

    public void Commit()
    {
        // Many promises and marks of one commit are one row, and what is decided rides in the row of the last entry: a commit of nothing
        // but an entry and that mark writes one page, not two.
        foreach (var store in _touched)
        {
            WriteHeld(store);
            if (store.IsRowDue || store.IsDecidedDue)
            {
                WriteMarks(store);
            }

            store.IsTouched = false;
        }

        _touched.Clear();
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

    // Not yet written: marks of the same commit may follow.
    private void Hold(Store store, AcceptedEntry entry)
    {
        // The base snapshot covers it: it has no place in the log, and the row would never be removed.
        if (entry.Slot <= store.Marks.TruncatedTo)
        {
            return;
        }

        // A log without the store's row in acceptor would be a lost promise; so the row is there from the first entry on.
        store.IsRowDue |= !store.HasRow;
        Touch(store);
        WriteHeld(store);
        store.Held = entry;
    }

    private void WriteHeld(Store store)
    {
        if (store.Held is not { } entry)
        {
            return;
        }

        var (key, decided, node) = (LogKey.Of(store.Number, entry.Slot), store.Marks.DecidedTo.Value, Utf8(entry.Ballot.Node));
        _log.Bind(1, key).Bind(2, entry.Ballot.Round).BindText(3, node).Bind(4, decided)
            .Bind(5, _hash.Log(store.Utf8, key, entry.Ballot.Round, node, decided, entry.Batch)).BindBlob(6, entry.Batch).Execute();
        store.Held = null;

        // The mark is looked for in the row of the highest slot, and in acceptor.
        if (entry.Slot >= store.Highest)
        {
            store.Highest = entry.Slot;
            store.IsDecidedDue = false;
        }
    }

    private void Touch(Store store)
    {
        if (!store.IsTouched)
        {
            store.IsTouched = true;
            _touched.Add(store);
        }
    }

    private void WriteMarks(Store store)
    {
        var (promised, truncated, decided) = store.Marks;
        var node = Utf8(promised.Node);
        _marks.BindText(1, store.Utf8).Bind(2, store.Number).Bind(3, promised.Round).BindText(4, node).Bind(5, truncated.Value)
            .Bind(6, decided.Value)
            .Bind(7, _hash.Acceptor(store.Utf8, store.Number, promised.Round, node, truncated.Value, decided.Value)).Execute();
        store.HasRow = true;
        store.IsRowDue = store.IsDecidedDue = false;
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
            _stores[name] = store = new Store(name, _nextNumber++);
        }

        return store;
    }

    /// <summary>What the thread remembers of a store.</summary>
    private sealed class Store(string name, int number)
    {
        public string Name { get; } = name;

        public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(name);

        /// <summary>Its number in the keys of its log.</summary>
        public int Number { get; } = number;

        public StoreMarks Marks { get; set; }

        public bool HasRow { get; set; }

        /// <summary>The highest slot that was ever written to its log.</summary>
        public Slot Highest { get; set; }

        /// <summary>The last entry of this commit.</summary>
        public AcceptedEntry? Held { get; set; }

        public bool IsTouched { get; set; }

        /// <summary>Whether this commit writes its row in acceptor.</summary>
        public bool IsRowDue { get; set; }

        /// <summary>Whether what is decided has to be written, there or with an entry.</summary>
        public bool IsDecidedDue { get; set; }

        public bool NeedsCleaning { get; set; }

        /// <summary>The visible snapshot; generation 0 is none.</summary>
        public (long Generation, Slot Slot) Head { get; set; }

        public long LastGeneration { get; set; }
    }
}
