using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Journal;

namespace Orleans.Doozer.Benchmarks.Micro;

/// <summary>The journal on the disk of the temporary directory, with its syncs.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The clean-up disposes them.")]
public class JournalBenchmarks
{
    private const string Store = "default";
    private const int Together = 100;
    private static readonly Ballot Leader = new(1, NodeId.Parse("NODEA"));
    private static readonly byte[] Batch = new byte[256];
    private string _path = "";
    private DataDirectory _directory = null!;
    private SqliteJournal _journal = null!;
    private long _slot;

    /// <summary>Opens a journal.</summary>
    [GlobalSetup]
    public void Open()
    {
        _path = System.IO.Directory.CreateTempSubdirectory("doozer-micro-").FullName;
        _directory = DataDirectory.Open(_path);
        _journal = new SqliteJournal(_directory, NullLogger<SqliteJournal>.Instance);
        _journal.Load(Store);
    }

    /// <summary>Closes and deletes it.</summary>
    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _journal.DisposeAsync();
        _directory.Dispose();
        System.IO.Directory.Delete(_path, recursive: true);
    }

    /// <summary>One vote, durable.</summary>
    [Benchmark]
    public Task AppendOneAsync() => AppendAsync();

    /// <summary>One of 100 votes that are appended side by side and share syncs.</summary>
    [Benchmark(OperationsPerInvoke = Together)]
    public Task AppendManyAsync()
    {
        var appends = new Task[Together];
        for (var i = 0; i < appends.Length; i++)
        {
            appends[i] = AppendAsync();
        }

        return Task.WhenAll(appends);
    }

    private Task AppendAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slot = new Slot(++_slot);

        // The log is cut as the node cuts it, or the database would grow without end.
        JournalWrite[] writes = slot.Value % 10_000 == 0
            ? [new AcceptWrite(new AcceptedEntry(slot, Leader, Batch)), new TruncateWrite(new Slot(slot.Value - 10_000))]
            : [new AcceptWrite(new AcceptedEntry(slot, Leader, Batch))];
        _journal.Append(Store, writes, error =>
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
        return done.Task;
    }
}
