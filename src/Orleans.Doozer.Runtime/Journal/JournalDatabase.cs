using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>The database file: how it is opened, its format and its tables.</summary>
internal static class JournalDatabase
{
    public const string FileName = "journal.db";

    /// <summary>The version this code writes. A reader of a newer one would overlook promises, so it refuses.</summary>
    public const long Format = 2;

    // "Dooz": tells our file from any other SQLite database (and to file(1)).
    private const long ApplicationId = 0x446F6F7A;

    // Keys are never NULL. Small rows are clustered by key. Batches and chunks are not: in a tree that is ordered by whole rows SQLite reads a
    // row's overflow pages to compare its key, which was a hundred reads for one append. A batch comes last in its row: what stands before it
    // is read without those pages.
    private const string Schema = """
        CREATE TABLE log(id INTEGER PRIMARY KEY, round INTEGER NOT NULL, node TEXT NOT NULL, decided INTEGER NOT NULL, checksum INTEGER NOT NULL,
            batch BLOB NOT NULL);
        CREATE TABLE acceptor(store TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL, round INTEGER NOT NULL, node TEXT NOT NULL,
            truncated INTEGER NOT NULL, decided INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE snapshot(store TEXT NOT NULL, generation INTEGER NOT NULL, chunk INTEGER NOT NULL, slot INTEGER NOT NULL,
            bytes BLOB NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY(store, generation, chunk));
        CREATE TABLE snapshot_head(store TEXT NOT NULL PRIMARY KEY, generation INTEGER NOT NULL, slot INTEGER NOT NULL,
            chunks INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE record(name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
        CREATE VIEW entry AS SELECT acceptor.store AS store, log.id & 17592186044415 AS slot, log.round AS round, log.node AS node,
            log.decided AS decided, log.batch AS batch FROM log JOIN acceptor ON acceptor.number = log.id >> 44;
        CREATE VIEW identity AS SELECT substr(name, 10) AS name, CAST(value AS TEXT) AS value FROM record WHERE name LIKE 'identity/%';
        """;

    /// <summary>Opens the one connection that writes. The caller holds the directory's lock.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="isNew">Whether the database has no tables yet; <see cref="Create"/> makes them.</param>
    public static SqliteConnection OpenWriter(string directory, out bool isNew)
    {
        var connection = Connect(directory, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // First of all, and before anything is written: is it ours?
            isNew = CheckFormat(connection, directory);
            if (Pragma(connection, "journal_mode=WAL") is not "wal")
            {
                throw new JournalException($"The file system of '{directory}' cannot hold a write-ahead log. Use a local disk.");
            }

            // FULL syncs the log at every commit; NORMAL would lose promises with the power. The next two are for macOS, where
            // fsync alone leaves the data in the drive's memory.
            Pragma(connection, "synchronous=FULL");
            Pragma(connection, "fullfsync=1");
            Pragma(connection, "checkpoint_fullfsync=1");
            Pragma(connection, "journal_size_limit=67108864");
            Invariant(Pragma(connection, "synchronous") == "2", "SQLite does not sync at commit");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that only reads; it never delays the writer.</summary>
    public static SqliteConnection OpenReader(string directory)
    {
        var connection = Connect(directory, SqliteOpenMode.ReadWrite);
        Pragma(connection, "query_only=1");
        return connection;
    }

    /// <summary>Makes the tables and first records of a new database in one step.</summary>
    public static void Create(SqliteConnection connection, string node)
    {
        using var transaction = connection.BeginTransaction();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = Schema;
            command.ExecuteNonQuery();
            command.CommandText = string.Create(
                CultureInfo.InvariantCulture, $"PRAGMA application_id={ApplicationId}; PRAGMA user_version={Format};");
            command.ExecuteNonQuery();
        }

        JournalRecords.Put(connection, JournalRecords.Node, System.Text.Encoding.UTF8.GetBytes(node));
        transaction.Commit();
    }

    /// <summary>Sets or asks a pragma; its first value as text.</summary>
    public static string Pragma(SqliteConnection connection, string pragma)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA " + pragma;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture) ?? "";
    }

    private static SqliteConnection Connect(string directory, SqliteOpenMode mode)
    {
        // No pool: a closed journal leaves no open file behind, so that its directory can be moved or locked by another.
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(directory, FileName),
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 10,
        };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();
            Pragma(connection, "busy_timeout=10000");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static bool CheckFormat(SqliteConnection connection, string directory)
    {
        var application = long.Parse(Pragma(connection, "application_id"), CultureInfo.InvariantCulture);
        var format = long.Parse(Pragma(connection, "user_version"), CultureInfo.InvariantCulture);
        using var tables = new SqliteStatement(connection, "SELECT count(*) FROM sqlite_master");
        tables.Step();
        var isEmpty = tables.Long(0) == 0;
        if (isEmpty && application == 0 && format == 0)
        {
            return true;
        }

        if (application != ApplicationId)
        {
            throw new JournalException(
                $"'{Path.Combine(directory, FileName)}' is not the database of a node. Choose another data directory.");
        }

        if (format > Format)
        {
            throw new JournalException(
                $"The journal in '{directory}' was written by a newer version (format {format}, this one knows {Format}). "
                + "Start the node with the newer version.");
        }

        if (!isEmpty && format is > 0 and < Format)
        {
            throw new JournalException(
                $"The journal in '{directory}' was written by an earlier version (format {format}, this one knows {Format}). "
                + "Start the node with that version, or, one node after the other, move the data directory away and join again as a new node.");
        }

        if (isEmpty || format != Format)
        {
            throw new JournalException($"The database of the journal in '{directory}' lost its tables. {JournalErrors.Replace}");
        }

        return false;
    }

    private static void Invariant(bool condition, string reason) => Consensus.Invariant.Require(condition, reason);
}
