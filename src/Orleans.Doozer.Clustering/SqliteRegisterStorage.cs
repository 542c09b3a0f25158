using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>
/// Votes in a directory of their own, for an application whose silos have no other journal: the node's identity and its votes in one
/// SQLite database, which no second process may open. One node, one directory: never copy it, never share it.
/// </summary>
public sealed class SqliteRegisterStorage : IRegisterStorage, IDisposable
{
    private const string FileName = "register.db";
    private const string NodeKey = "node";
    private const string VotesKey = "votes";
    private readonly SqliteConnection _connection;

    private SqliteRegisterStorage(SqliteConnection connection, NodeId node)
    {
        _connection = connection;
        Node = node;
    }

    /// <summary>The identity that was drawn when the directory was made.</summary>
    public NodeId Node { get; }

    /// <summary>Opens a directory, or makes it with a new identity.</summary>
    /// <exception cref="RegisterConfigurationException">It cannot be used; the message says why, and the remedy.</exception>
    public static SqliteRegisterStorage Open(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        directory = Path.GetFullPath(directory);
        if (File.Exists(directory))
        {
            throw new RegisterConfigurationException($"The data directory '{directory}' is a file. Name a directory.");
        }

        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(directory);
            connection = Connect(Path.Combine(directory, FileName));
            var node = ReadOrMakeNode(connection, directory);
            return new SqliteRegisterStorage(connection, node);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new RegisterConfigurationException(Explain(exception, directory));
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public RegisterVotes? Load() => Get(_connection, VotesKey) is { } bytes ? RegisterVotesCodec.Decode(bytes) : null;

    /// <inheritdoc/>
    public Task SaveAsync(RegisterVotes votes, CancellationToken cancellationToken)
    {
        // Off the caller's thread: a disk may take its time. The node saves one at a time.
        var bytes = RegisterVotesCodec.Encode(votes).ToArray();
        return Task.Run(() => Put(_connection, VotesKey, bytes), CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static SqliteConnection Connect(string file)
    {
        // No pool: what is closed is closed, and the next process may open it.
        var text = new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 1 };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();

            // The lock is taken with the first write and kept until the connection ends, however the process ends. EXTRA also syncs
            // the directory; what a vote rests on must not vanish with the power. fullfsync is for macOS.
            Execute(connection, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=EXTRA; PRAGMA fullfsync=1;");
            Execute(connection, "BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS record(name TEXT PRIMARY KEY, value BLOB NOT NULL); COMMIT;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static NodeId ReadOrMakeNode(SqliteConnection connection, string directory)
    {
        if (Get(connection, NodeKey) is { } bytes)
        {
            return NodeId.TryParse(Encoding.UTF8.GetString(bytes), out var stored)
                ? stored
                : throw new InvalidDataException($"The identity in '{directory}' is damaged. Give the node an empty directory: it joins as a new one.");
        }

        var node = NodeId.FromRandom(RandomNumberGenerator.GetBytes(10));
        Put(connection, NodeKey, Encoding.UTF8.GetBytes(node.Value));
        return node;
    }

    private static byte[]? Get(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM record WHERE name = $name";
        command.Parameters.AddWithValue("$name", name);
        return (byte[]?)command.ExecuteScalar();
    }

    private static void Put(SqliteConnection connection, string name, byte[] value)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO record(name, value) VALUES($name, $value)";
        command.Parameters.AddWithValue("$name", name);
        command.Parameters.AddWithValue("$value", value);
        command.ExecuteNonQuery();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Explain(Exception exception, string directory) => exception switch
    {
        SqliteException { SqliteErrorCode: 5 or 6 } =>
            $"The data directory '{directory}' is in use by another process. Stop it, or give this silo another directory.",
        SqliteException { SqliteErrorCode: 26 } => $"'{Path.Combine(directory, FileName)}' is not the database of a node. Name another directory.",
        _ => $"The data directory '{directory}' cannot be created or written: {exception.Message} "
            + "Give the silo's user write permission there, or name another directory.",
    };
}
