using System.Text;
using Microsoft.Data.Sqlite;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>The reading half of <see cref="SqliteJournal"/>: every record's checksum is compared before anybody sees it.</summary>
internal sealed class SqliteReader(SqliteConnection connection, string place)
{
    private readonly RecordHash _hash = new();

    /// <summary>A store's log and marks, as of one moment. Holds no more memory than the log.</summary>
    public PersistedState Load(string store)
    {
        using var transaction = connection.BeginTransaction(deferred: true);
        var found = Marks(store);
        var marks = found.GetValueOrDefault();
        List<AcceptedEntry> entries = [.. Log(store, marks.TruncatedTo.Next, new Slot(long.MaxValue))];
        if (found is null)
        {
            return entries.Count == 0 ? PersistedState.Empty : throw JournalErrors.Missing(place, $"acceptor(store '{store}')");
        }

        return new PersistedState(marks.Promised, marks.TruncatedTo, marks.DecidedTo, entries);
    }

    /// <summary>What <see cref="IJournal.ReadDecided"/> says.</summary>
    public IReadOnlyList<AcceptedEntry> ReadDecided(string store, Slot from, Slot to, int maxBytes)
    {
        // One transaction: the mark and the entries must be of one moment, or an entry that lost could pass for decided.
        using var transaction = connection.BeginTransaction(deferred: true);
        var marks = Marks(store).GetValueOrDefault();
        var page = new DecidedPage(from, maxBytes);
        if (from > marks.TruncatedTo)
        {
            foreach (var entry in Log(store, from, Slot.Min(to, marks.DecidedTo)))
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

    public IEnumerable<(string Store, StoreMarks Marks)> AllMarks()
    {
        using var rows = Prepare("SELECT store, round, node, truncated, decided, checksum FROM acceptor");
        while (rows.Step())
        {
            yield return (rows.Text(0), ReadMarks(rows));
        }
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

    private StoreMarks? Marks(string store)
    {
        using var rows = Prepare("SELECT store, round, node, truncated, decided, checksum FROM acceptor WHERE store = ?1");
        rows.BindText(1, Encoding.UTF8.GetBytes(store));
        return rows.Step() ? ReadMarks(rows) : null;
    }

    private StoreMarks ReadMarks(SqliteStatement row)
    {
        var truncated = new Slot(row.Long(3));
        var decided = new Slot(row.Long(4));
        return _hash.Acceptor(row.Bytes(0), row.Long(1), row.Bytes(2), truncated, decided) == row.Long(5)
            ? new StoreMarks(new Ballot(row.Long(1), Node(row.Text(2))), truncated, decided)
            : throw JournalErrors.Damaged(place, $"acceptor(store '{row.Text(0)}')");
    }

    private (string Store, SnapshotHead Head) ReadHead(SqliteStatement row)
    {
        var head = new SnapshotHead(row.Long(1), new Slot(row.Long(2)), row.Long(3));
        return _hash.Head(row.Bytes(0), head.Generation, head.Slot.Value, head.Chunks) == row.Long(4)
            ? (row.Text(0), head)
            : throw JournalErrors.Damaged(place, $"snapshot_head(store '{row.Text(0)}', slot {head.Slot})");
    }

    private IEnumerable<AcceptedEntry> Log(string store, Slot from, Slot to)
    {
        using var log = Prepare(
            "SELECT slot, round, node, batch, checksum FROM log WHERE store = ?1 AND slot BETWEEN ?2 AND ?3 ORDER BY slot");
        var utf8 = Encoding.UTF8.GetBytes(store);
        log.BindText(1, utf8).Bind(2, from.Value).Bind(3, to.Value);
        var node = NodeId.None;
        byte[] nodeUtf8 = [];
        while (log.Step())
        {
            var slot = log.Long(0);
            var round = log.Long(1);
            var batch = log.Bytes(3).ToArray();
            if (_hash.Log(utf8, slot, round, log.Bytes(2), batch) != log.Long(4))
            {
                throw JournalErrors.Damaged(place, $"log(store '{store}', slot {slot})");
            }

            if (!log.Bytes(2).SequenceEqual(nodeUtf8))
            {
                nodeUtf8 = log.Bytes(2).ToArray();
                node = Node(log.Text(2));
            }

            yield return new AcceptedEntry(new Slot(slot), new Ballot(round, node), batch);
        }
    }

    private SqliteStatement Prepare(string sql) => new(connection, sql);
}

/// <summary>Which snapshot of a store is visible.</summary>
internal readonly record struct SnapshotHead(long Generation, Slot Slot, long Chunks);
