using System.Text;
using Microsoft.Data.Sqlite;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>The reading half of <see cref="SqliteJournal"/>: every record's checksum is compared before anybody sees it.</summary>
internal sealed class SqliteReader(SqliteConnection connection, string place)
{
    private const string AcceptorColumns = "SELECT store, number, round, node, truncated, decided, checksum FROM acceptor";

    private readonly RecordHash _hash = new();

    /// <summary>A store's log and marks, as of one moment. Holds no more memory than the log.</summary>
    public PersistedState Load(string store)
    {
        using var transaction = connection.BeginTransaction(deferred: true);
        if (Acceptor(store) is not { } acceptor)
        {
            // Or its row was lost: then its log is nobody's.
            _ = Acceptors();
            return PersistedState.Empty;
        }

        var (promised, truncated, decided) = acceptor.Marks;
        return new PersistedState(
            promised, truncated, decided, [.. Log(acceptor, truncated.Next, LogKey.LastSlot).Select(row => row.Entry)]);
    }

    /// <summary>What <see cref="IJournal.ReadDecided"/> says.</summary>
    public IReadOnlyList<AcceptedEntry> ReadDecided(string store, Slot from, Slot to, int maxBytes)
    {
        // One transaction: the mark and the entries must be of one moment, or an entry that lost could pass for decided.
        using var transaction = connection.BeginTransaction(deferred: true);
        var page = new DecidedPage(from, maxBytes);
        if (Acceptor(store) is { } acceptor && from > acceptor.Marks.TruncatedTo)
        {
            foreach (var (entry, _) in Log(acceptor, from, Slot.Min(to, acceptor.Marks.DecidedTo)))
            {
                if (!page.TryAdd(entry))
                {
                    break;
                }
            }
        }

        return page.Entries;
    }

    /// <summary>A store's visible snapshot; null when there is none.</summary>
    public SnapshotHead? Head(string store)
    {
        using var heads = Prepare("SELECT store, generation, slot, chunks, checksum FROM snapshot_head WHERE store = ?1");
        heads.BindText(1, Encoding.UTF8.GetBytes(store));
        return heads.Step() ? ReadHead(heads).Head : null;
    }

    public byte[] Chunk(string store, SnapshotHead head, long chunk)
    {
        using var chunks = Prepare("SELECT slot, bytes, checksum FROM snapshot WHERE store = ?1 AND generation = ?2 AND chunk = ?3");
        var utf8 = Encoding.UTF8.GetBytes(store);
        chunks.BindText(1, utf8).Bind(2, head.Generation).Bind(3, chunk);
        var record = $"snapshot(store '{store}', generation {head.Generation}, chunk {chunk}, slot {head.Slot})";
        if (!chunks.Step())
        {
            throw JournalErrors.Missing(place, record);
        }

        var bytes = chunks.Bytes(1).ToArray();
        return chunks.Long(0) == head.Slot.Value
            && _hash.Chunk(utf8, head.Generation, chunk, head.Slot.Value, bytes) == chunks.Long(2)
                ? bytes
                : throw JournalErrors.Damaged(place, record);
    }

    /// <summary>The marks of all stores.</summary>
    public IReadOnlyList<AcceptorRow> Acceptors()
    {
        var found = new List<AcceptorRow>();
        using var rows = Prepare(AcceptorColumns);
        while (rows.Step())
        {
            found.Add(ReadAcceptor(rows));
        }

        RequireOwners([.. found.Select(row => row.Number)]);
        return [.. found.Select(WithNewest)];
    }

    public IEnumerable<(string Store, SnapshotHead Head)> AllHeads()
    {
        using var heads = Prepare("SELECT store, generation, slot, chunks, checksum FROM snapshot_head");
        while (heads.Step())
        {
            yield return ReadHead(heads);
        }
    }

    public IEnumerable<(string Store, long Generation)> Generations()
    {
        using var rows = Prepare("SELECT DISTINCT store, generation FROM snapshot");
        while (rows.Step())
        {
            yield return (rows.Text(0), rows.Long(1));
        }
    }

    public long CountLog()
    {
        using var count = Prepare("SELECT count(*) FROM log");
        count.Step();
        return count.Long(0);
    }

    private static NodeId Node(string text) => text.Length == 0 ? NodeId.None : NodeId.Parse(text);

    private AcceptorRow? Acceptor(string store)
    {
        using var rows = Prepare(AcceptorColumns + " WHERE store = ?1");
        rows.BindText(1, Encoding.UTF8.GetBytes(store));
        return rows.Step() ? WithNewest(ReadAcceptor(rows)) : null;
    }

    private AcceptorRow ReadAcceptor(SqliteStatement row)
    {
        var (name, number, truncated, decided) = (row.Text(0), row.Long(1), row.Long(4), row.Long(5));
        return _hash.Acceptor(row.Bytes(0), number, row.Long(2), row.Bytes(3), truncated, decided) == row.Long(6)
            ? new(name, (int)number, new(new Ballot(row.Long(2), Node(row.Text(3))), new Slot(truncated), new Slot(decided)), Slot.Zero)
            : throw JournalErrors.Damaged(place, $"acceptor(store '{name}')");
    }

    /// <summary>The newest row of the log may say that more is decided than the store's own row does.</summary>
    private AcceptorRow WithNewest(AcceptorRow row)
    {
        foreach (var (entry, decided) in Log(row, Slot.Zero, LogKey.LastSlot, isNewestOnly: true))
        {
            return row with { Highest = entry.Slot, Marks = row.Marks.With(new DecidedWrite(decided)) };
        }

        return row;
    }

    /// <summary>A log whose store is not known would be a lost promise.</summary>
    private void RequireOwners(HashSet<int> numbers)
    {
        // From the lowest there is: no journal writes a negative key, and a row that has one was taken from a store.
        using var next = Prepare("SELECT id FROM log WHERE id >= ?1 ORDER BY id LIMIT 1");
        var first = long.MinValue;
        while (next.Bind(1, first).Step())
        {
            var store = LogKey.StoreOf(next.Long(0));
            next.Reset();
            if (!numbers.Contains(store))
            {
                throw JournalErrors.Missing(place, $"acceptor(number {store})");
            }

            first = LogKey.Of(store, LogKey.LastSlot) + 1;
        }
    }

    private (string Store, SnapshotHead Head) ReadHead(SqliteStatement row)
    {
        var head = new SnapshotHead(row.Long(1), new Slot(row.Long(2)), row.Long(3));
        return _hash.Head(row.Bytes(0), head.Generation, head.Slot.Value, head.Chunks) == row.Long(4)
            ? (row.Text(0), head)
            : throw JournalErrors.Damaged(place, $"snapshot_head(store '{row.Text(0)}', slot {head.Slot})");
    }

    private IEnumerable<(AcceptedEntry Entry, Slot Decided)> Log(AcceptorRow store, Slot from, Slot to, bool isNewestOnly = false)
    {
        using var log = Prepare(
            "SELECT id, round, node, decided, checksum, batch FROM log WHERE id BETWEEN ?1 AND ?2 ORDER BY id " + (isNewestOnly ? "DESC LIMIT 1" : ""));
        var utf8 = Encoding.UTF8.GetBytes(store.Store);
        log.Bind(1, LogKey.Of(store.Number, from)).Bind(2, LogKey.Of(store.Number, to));
        var node = NodeId.None;
        byte[] nodeUtf8 = [];
        while (log.Step())
        {
            var (key, round, decided) = (log.Long(0), log.Long(1), log.Long(3));
            var batch = log.Bytes(5).ToArray();
            if (_hash.Log(utf8, key, round, log.Bytes(2), decided, batch) != log.Long(4))
            {
                throw JournalErrors.Damaged(place, $"log(store '{store.Store}', slot {LogKey.SlotOf(key)})");
            }

            if (!log.Bytes(2).SequenceEqual(nodeUtf8))
            {
                nodeUtf8 = log.Bytes(2).ToArray();
                node = Node(log.Text(2));
            }

            yield return (new AcceptedEntry(LogKey.SlotOf(key), new Ballot(round, node), batch), new Slot(decided));
        }
    }

    private SqliteStatement Prepare(string sql) => new(connection, sql);
}

/// <summary>Which snapshot of a store is visible.</summary>
internal readonly record struct SnapshotHead(long Generation, Slot Slot, long Chunks);

/// <summary>What is known of a store without its log: its number, its marks, and the highest slot in the log, if any.</summary>
internal readonly record struct AcceptorRow(string Store, int Number, StoreMarks Marks, Slot Highest);
