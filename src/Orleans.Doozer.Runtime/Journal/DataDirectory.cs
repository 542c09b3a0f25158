using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>
/// A node's data directory: nobody else's while it is open, and the home of its identity. A directory that is gone is a node that is
/// gone; a new directory is a new node, whose votes nobody remembers and nobody misses.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private readonly Lock _gate = new();
    private readonly DirectoryLock _lock;
    private JournalWriter? _writer;
    private string? _cluster;
    private bool _disposed;

    private DataDirectory(string path, DirectoryLock @lock, NodeId node, string? cluster)
    {
        Path = path;
        _lock = @lock;
        Node = node;
        _cluster = cluster;
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>The identity that was drawn when the directory was made.</summary>
    public NodeId Node { get; }

    /// <summary>The cluster the node belongs to; null until it created or joined one.</summary>
    public string? ClusterId => Volatile.Read(ref _cluster);

    /// <summary>Opens a data directory, or makes it with a new identity.</summary>
    /// <exception cref="JournalException">It cannot be used; the message says why and the remedy.</exception>
    public static DataDirectory Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        path = System.IO.Path.GetFullPath(path);
        if (File.Exists(path))
        {
            throw new JournalException($"The data directory '{path}' is a file. Name a directory.");
        }

        DirectoryLock? taken = null;
        try
        {
            MakeDirectory(path);
            taken = DirectoryLock.Take(path);
            using var connection = JournalDatabase.OpenWriter(path, out var isNew);
            if (isNew)
            {
                JournalDatabase.Create(connection, NodeId.FromRandom(RandomNumberGenerator.GetBytes(10)).Value);
            }

            return new DataDirectory(path, taken, ReadNode(connection, path), ReadCluster(connection, path));
        }
        catch (Exception error)
        {
            taken?.Dispose();
            if (error is IOException or UnauthorizedAccessException)
            {
                throw new JournalException(
                    $"The data directory '{path}' cannot be created or written: {error.Message} "
                    + "Give the node's user write permission there, or name another directory.", error);
            }

            if (error is SqliteException)
            {
                throw JournalErrors.From(error, path);
            }

            throw;
        }
    }

    /// <summary>A name for a new cluster: 128 random bits.</summary>
    public static string NewClusterId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Makes the directory belong to a cluster, for ever. Returns once that is durable; the same cluster again is fine.
    /// Blocks on the disk: call it while the node starts or joins, and not on the journal's thread.</summary>
    /// <exception cref="JournalException">It belongs to another cluster, or cannot be written.</exception>
    public void AdoptCluster(string clusterId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(clusterId);
        lock (_gate)
        {
            if (_cluster == clusterId)
            {
                return;
            }

            if (_cluster is not null)
            {
                throw new JournalException(
                    $"This data directory belongs to cluster {_cluster}, not to {clusterId}: '{Path}'. "
                    + "Give the node the data directory of that cluster, or an empty one.");
            }

            ObjectDisposedException.ThrowIf(_disposed, this);
            var value = Encoding.UTF8.GetBytes(clusterId);
            if (_writer is not null)
            {
                // The journal's connection is the only writer while it is open.
                _writer.PutRecordAsync(JournalRecords.Cluster, value).GetAwaiter().GetResult();
            }
            else
            {
                PutCluster(value);
            }

            Volatile.Write(ref _cluster, clusterId);
        }
    }

    /// <summary>Gives the directory free, once its journal is closed too.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            if (_writer is null)
            {
                _lock.Dispose();
            }
        }
    }

    /// <summary>A journal begins to write.</summary>
    internal void Attach(JournalWriter writer)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_writer is not null)
            {
                throw new InvalidOperationException($"The data directory '{Path}' has a journal already.");
            }

            _writer = writer;
        }
    }

    /// <summary>The journal is closed. The lock outlives it: nobody may write beside a journal that still does.</summary>
    internal void Detach()
    {
        lock (_gate)
        {
            _writer = null;
            if (_disposed)
            {
                _lock.Dispose();
            }
        }
    }

    private static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            // What is in the store is nobody else's business on this machine.
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static NodeId ReadNode(SqliteConnection connection, string path)
    {
        var value = JournalRecords.Get(connection, path, JournalRecords.Node)
            ?? throw JournalErrors.Missing(path, $"record(name '{JournalRecords.Node}'), the node's identity,");
        return NodeId.TryParse(Encoding.UTF8.GetString(value), out var node)
            ? node
            : throw JournalErrors.Damaged(path, $"record(name '{JournalRecords.Node}')");
    }

    private static string? ReadCluster(SqliteConnection connection, string path) =>
        JournalRecords.Get(connection, path, JournalRecords.Cluster) is { } value ? Encoding.UTF8.GetString(value) : null;

    private void PutCluster(byte[] value)
    {
        try
        {
            using var connection = JournalDatabase.OpenWriter(Path, out _);
            JournalRecords.Put(connection, JournalRecords.Cluster, value);
        }
        catch (SqliteException error)
        {
            throw JournalErrors.From(error, Path);
        }
    }
}
