using System.Collections.Concurrent;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Journal;
using static Orleans.Doozer.Runtime.Tests.Journal.JournalTesting;

namespace Orleans.Doozer.Runtime.Tests.Journal;

/// <summary>
/// A crash is a copy of the database files at that moment. At the steps of the writer's thread the copy is exact, since nobody else
/// writes; beside it, only the growing write-ahead log is copied, which is why checkpoints are off there.
/// </summary>
public sealed class SqliteJournalCrashTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Node => _scratch.Below("node");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Completion_CopyTakenInside_HoldsWhatCompleted()
    {
        await using var open = new OpenJournal(Node);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.Journal.Append("a", [Promise(3), Accept(1), Accept(2)], _ =>
        {
            CopyDatabase(Node, _scratch.Below("copy"));
            done.SetResult();
        });
        await done.Task.WaitAsync(Patience);

        await using var copy = new OpenJournal(_scratch.Below("copy"));
        Assert.Equal([1, 2], copy.Journal.Load("a").Slots());
        Assert.Equal(3, copy.Journal.Load("a").Promised.Round);
        Assert.Equal(open.Directory.Node, copy.Directory.Node);
    }

    [Fact]
    public async Task Crash_BeforeTheCommit_ShowsNothingOfIt()
    {
        var armed = false;
        void Probe(JournalStep step)
        {
            if (armed && step == JournalStep.BeforeCommit)
            {
                CopyDatabase(Node, _scratch.Below("copy"));
            }
        }

        await using var open = new OpenJournal(Node, new JournalOptions { Probe = Probe });
        await open.Journal.AppendAsync("a", Accept(1));
        armed = true;
        await open.Journal.AppendAsync("a", Promise(9), Accept(2), Accept(3));

        await using var copy = new OpenJournal(_scratch.Below("copy"));
        Assert.Equal([1], copy.Journal.Load("a").Slots());
        Assert.Equal(Ballot.Zero, copy.Journal.Load("a").Promised);
    }

    [Fact]
    public async Task Crash_AtArbitraryMoments_KeepsEverythingThatCompletedBefore()
    {
        var completed = new ConcurrentDictionary<long, bool>();
        var copies = new List<(string Path, long[] Promised)>();
        await using (var open = new OpenJournal(Node, new JournalOptions { CheckpointPages = 0 }))
        {
            var appenders = Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
            {
                for (var i = 1; i <= 200; i++)
                {
                    var slot = (thread * 1_000) + i;
                    await open.Journal.AppendAsync("a", Accept(slot, batch: new byte[300]));
                    completed[slot] = true;
                }
            })).ToArray();
            var all = Task.WhenAll(appenders);
            while (!all.IsCompleted && copies.Count < 25)
            {
                long[] before = [.. completed.Keys];
                var path = _scratch.Below($"copy{copies.Count}");
                CopyDatabase(Node, path);
                copies.Add((path, before));
                await Task.Yield();
            }

            await all;
        }

        Assert.NotEmpty(copies);
        foreach (var (path, promised) in copies)
        {
            await using var copy = new OpenJournal(path);
            Assert.Empty(promised.Except(copy.Journal.Load("a").Slots()));
        }
    }

    [Fact]
    public async Task Crash_LogCutAnywhereBehindTheLastSync_KeepsWhatWasSynced()
    {
        // What follows the last completion may be lost in any part with the power; what lies before it may not.
        var synced = new List<long>();
        var wal = Path.Combine(Node, "journal.db-wal");
        await using var open = new OpenJournal(Node, new JournalOptions { CheckpointPages = 0 });
        for (var slot = 1; slot <= 12; slot++)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            open.Journal.Append("a", [Accept(slot, batch: new byte[3_000])], _ =>
            {
                synced.Add(new FileInfo(wal).Length);
                done.SetResult();
            });
            await done.Task.WaitAsync(Patience);
        }

        for (var cut = 3; cut < 11; cut++)
        {
            foreach (var length in (long[])[synced[cut], synced[cut] + 1, (synced[cut] + synced[cut + 1]) / 2, synced[cut + 1] - 1])
            {
                var path = _scratch.Below($"cut{length}");
                CopyDatabase(Node, path);
                using (var file = File.OpenWrite(Path.Combine(path, "journal.db-wal")))
                {
                    file.SetLength(length);
                }

                await using var copy = new OpenJournal(path);
                Assert.Equal(Enumerable.Range(1, cut + 1).Select(slot => (long)slot), copy.Journal.Load("a").Slots());
            }
        }
    }

    [Fact]
    public async Task Snapshot_CrashAtEachStep_ShowsTheOldOrTheNewOneWhole()
    {
        var copies = new List<(JournalStep Step, string Path)>();
        var removed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var armed = false;
        void Probe(JournalStep step)
        {
            if (!armed)
            {
                return;
            }

            copies.Add((step, _scratch.Below($"copy{copies.Count}")));
            CopyDatabase(Node, copies[^1].Path);
            if (step == JournalStep.AfterClean && Sql(Node, "SELECT count(*) FROM snapshot") == 6)
            {
                removed.TrySetResult();
            }
        }

        byte[][] old = [.. Enumerable.Range(0, 9).Select(i => new byte[] { (byte)i })];
        byte[][] next = [.. Enumerable.Range(100, 6).Select(i => new byte[] { (byte)i })];
        await using (var open = new OpenJournal(Node, new JournalOptions { Probe = Probe }))
        {
            await open.Journal.SaveSnapshotAsync("a", new Slot(1), old, default);
            armed = true;
            await open.Journal.SaveSnapshotAsync("a", new Slot(2), next, default);
            await removed.Task.WaitAsync(Patience);
        }

        var seen = new List<long>();
        foreach (var (_, path) in copies)
        {
            await using var copy = new OpenJournal(path);
            var (slot, chunks) = copy.Journal.LoadSnapshot("a")!.Value;
            Assert.Equal((slot == new Slot(1) ? old : next).SelectMany(chunk => chunk), chunks.SelectMany(chunk => chunk));
            seen.Add(slot.Value);
        }

        // 6 chunks and the switch, each before and after its commit, and 3 rounds that remove the 9 old chunks, 4 at a time.
        Assert.Equal([.. Enumerable.Repeat(1L, seen.Count - 4), .. Enumerable.Repeat(2L, 4)], seen);
        Assert.InRange(seen.Count, 4 + 14, 4 + 16);
    }

    [Fact]
    public async Task Snapshot_CrashInTheMiddle_LeavesNothingBehindAfterTheNextStart()
    {
        void Probe(JournalStep step)
        {
            if (step == JournalStep.AfterStepCommit && !Directory.Exists(_scratch.Below("copy"))
                && Sql(Node, "SELECT count(*) FROM snapshot") == 2)
            {
                CopyDatabase(Node, _scratch.Below("copy"));
            }
        }

        await using (var open = new OpenJournal(Node, new JournalOptions { Probe = Probe }))
        {
            await open.Journal.SaveSnapshotAsync("a", new Slot(1), [[1], [2], [3]], default);
        }

        var cleaned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var copy = new OpenJournal(
            _scratch.Below("copy"), new JournalOptions { Probe = _ => cleaned.TrySetResult() });
        Assert.Null(copy.Journal.LoadSnapshot("a"));
        await cleaned.Task.WaitAsync(Patience);
        Assert.Equal(0, Sql(_scratch.Below("copy"), "SELECT count(*) FROM snapshot"));
        await copy.Journal.SaveSnapshotAsync("a", new Slot(1), [[4]], default);
        Assert.Equal([4], copy.Journal.Snapshot("a"));
    }
}
