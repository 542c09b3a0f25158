using System.Text;
using Microsoft.Data.Sqlite;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>The small named records; the directory's identity is two of them.</summary>
internal static class JournalRecords
{
    /// <summary>Names with it are the directory's own.</summary>
    public const string Reserved = "identity/";

    public const string Node = Reserved + "node";

    public const string Cluster = Reserved + "cluster";

    private const string PutSql = "INSERT OR REPLACE INTO record(name, value, checksum) VALUES (?1, ?2, ?3)";

    private const string GetSql = "SELECT value, checksum FROM record WHERE name = ?1";

    /// <summary>Refuses names that are the directory's.</summary>
    public static void RequireName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.StartsWith(Reserved, StringComparison.Ordinal))
        {
            throw new ArgumentException($"Records below '{Reserved}' are the data directory's own.", nameof(name));
        }
    }

    public static SqliteStatement PreparePut(SqliteConnection connection) => new(connection, PutSql);

    public static void Put(SqliteStatement put, RecordHash hash, string name, byte[] value) =>
        put.BindText(1, Encoding.UTF8.GetBytes(name)).BindBlob(2, value).Bind(3, hash.Record(name, value)).Execute();

    public static void Put(SqliteConnection connection, string name, byte[] value)
    {
        using var put = PreparePut(connection);
        Put(put, new RecordHash(), name, value);
    }

    /// <summary>A record's value; null when there is none.</summary>
    public static byte[]? Get(SqliteConnection connection, string place, string name)
    {
        using var get = new SqliteStatement(connection, GetSql);
        get.BindText(1, Encoding.UTF8.GetBytes(name));
        if (!get.Step())
        {
            return null;
        }

        var value = get.Bytes(0).ToArray();
        return get.Long(1) == new RecordHash().Record(name, value)
            ? value
            : throw JournalErrors.Damaged(place, $"record(name '{name}')");
    }
}
