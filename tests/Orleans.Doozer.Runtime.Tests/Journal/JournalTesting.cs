using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Journal;

namespace Orleans.Doozer.Runtime.Tests.Journal;

/// <summary>A directory that goes away with its test.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("doozer-journal-").FullName;

    public string Below(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>A SQLite journal with its directory.</summary>
internal sealed class OpenJournal : IAsyncDisposable
{
    public OpenJournal(string path, JournalOptions? options = null, Action<JournalException>? faulted = null)
    {
        Directory = DataDirectory.Open(path);
        try
        {
            Journal = new SqliteJournal(
                Directory, NullLogger<SqliteJournal>.Instance, faulted, options ?? JournalOptions.Default);
        }
        catch
        {
            Directory.Dispose();
            throw;
        }
    }

    public DataDirectory Directory { get; }

    public SqliteJournal Journal { get; }

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        Directory.Dispose();
    }
}

internal static class JournalTesting
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static NodeId NodeA { get; } = NodeId.Parse("NODEA");

    public static NodeId NodeB { get; } = NodeId.Parse("NODEB");

    public static AcceptWrite Accept(long slot, long round = 1, byte[]? batch = null) =>
        new(new AcceptedEntry(new Slot(slot), new Ballot(round, NodeA), batch ?? [(byte)slot, 1, 2, 3]));

    public static PromiseWrite Promise(long round) => new(new Ballot(round, NodeB));

    public static DecidedWrite Decided(long slot) => new(new Slot(slot));

    public static TruncateWrite Truncate(long slot) => new(new Slot(slot));

    /// <summary>Appends and waits until it is durable.</summary>
    public static async Task AppendAsync(this IJournal journal, string store, params JournalWrite[] writes)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        journal.Append(store, writes, error =>
        {
            if (error is null)
            {
                done.SetResult();
            }
            else
            {
                done.SetException(error);
            }
        });
        await done.Task.WaitAsync(Patience);
    }

    public static long[] Slots(this PersistedState state) => [.. state.Entries.Select(entry => entry.Slot.Value)];

    public static byte[]? Snapshot(this IJournal journal, string store) =>
        journal.LoadSnapshot(store) is { } snapshot ? [.. snapshot.Chunks.SelectMany(chunk => chunk)] : null;

    /// <summary>What a crash would leave: the database and its log as they are, without the shared memory.</summary>
    public static void CopyDatabase(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var name in (string[])["journal.db", "journal.db-wal"])
        {
            if (File.Exists(Path.Combine(from, name)))
            {
                File.Copy(Path.Combine(from, name), Path.Combine(to, name));
            }
        }
    }

    /// <summary>Changes a closed or an open database as no journal would.</summary>
    public static long Sql(string directory, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "journal.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar() ?? 0L, System.Globalization.CultureInfo.InvariantCulture);
    }
}
