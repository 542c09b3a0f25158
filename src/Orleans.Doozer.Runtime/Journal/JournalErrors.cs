using Microsoft.Data.Sqlite;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>The words of the journal's errors: what happened in one sentence, and what to do about it.</summary>
internal static class JournalErrors
{
    public const string Replace = "Move the data directory away and join again as a new node; never edit it.";

    private const int SqliteReadOnly = 8;
    private const int SqliteIoError = 10;
    private const int SqliteCorrupt = 11;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int SqliteBusy = 5;
    private const int SqliteNotADatabase = 26;

    public static JournalException Damaged(string place, string record) =>
        new($"The record {record} of the journal in '{place}' is damaged: its checksum does not match. {Replace}");

    public static JournalException Missing(string place, string record) =>
        new($"The record {record} of the journal in '{place}' is missing although others need it. {Replace}");

    public static JournalException Closed(string place) =>
        new($"The journal in '{place}' is closed. The node is stopping; ask another node.");

    /// <summary>Why a journal stopped or could not be read.</summary>
    public static JournalException From(Exception cause, string place) => cause switch
    {
        JournalException known => known,
        SqliteException sqlite => new(Describe(sqlite, place), sqlite),
        _ => new(
            $"The journal in '{place}' met an error it does not know: {cause.Message} Restart the node; report it if it returns.",
            cause),
    };

    private static string Describe(SqliteException error, string place) => error.SqliteErrorCode switch
    {
        SqliteFull => $"The journal in '{place}' cannot write: its disk is full. Free space there and restart the node.",
        SqliteIoError =>
            $"The journal in '{place}' cannot read or write: the disk reports an I/O error (SQLite {error.SqliteExtendedErrorCode}). "
            + "Check the disk and restart the node; replace the disk and join again as a new node if it returns.",
        SqliteCorrupt or SqliteNotADatabase => $"The database of the journal in '{place}' is damaged: {error.Message}. {Replace}",
        SqliteReadOnly or SqliteCannotOpen =>
            $"The database of the journal in '{place}' cannot be opened for writing: {error.Message}. "
            + "Give the node's user write permission on a writable disk.",
        SqliteBusy =>
            $"Another program holds a write lock on the database of the journal in '{place}'. "
            + "Close it (only reading is allowed beside a running node) and restart the node.",
        _ => $"The journal in '{place}' failed: {error.Message}. Restart the node; report it if it returns.",
    };
}
