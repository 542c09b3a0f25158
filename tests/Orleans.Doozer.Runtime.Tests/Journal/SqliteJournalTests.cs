using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Journal;
using static Orleans.Doozer.Runtime.Tests.Journal.JournalTesting;

namespace Orleans.Doozer.Runtime.Tests.Journal;

/// <summary>What a disk adds: reopening, sharing syncs, lazy writes, removal.</summary>
public sealed class SqliteJournalTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Reopen_AfterWrites_FindsEverything()
    {
        await using (var open = new OpenJournal(_scratch.Path))
        {
            await open.Journal.AppendAsync("a", Promise(2), Accept(1), Accept(2), Accept(3), Decided(3), Truncate(1));
            await open.Journal.AppendAsync("b", Accept(1));
            await open.Journal.SaveSnapshotAsync("a", new Slot(1), [[1], [2]], default);
            await open.Journal.PutRecordAsync("x", [7], default);
        }

        await using var again = new OpenJournal(_scratch.Path);
        var state = again.Journal.Load("a");
        Assert.Equal(new Ballot(2, NodeB), state.Promised);
        Assert.Equal(new Slot(1), state.TruncatedTo);
        Assert.Equal(new Slot(3), state.DecidedTo);
        Assert.Equal([2, 3], state.Slots());
        Assert.Equal([2, 1, 2, 3], state.Entries[0].Batch);
        Assert.Equal(Ballot.Zero, again.Journal.Load("b").Promised);
        Assert.Equal([1], again.Journal.Load("b").Slots());
        Assert.Equal(new Slot(1), again.Journal.LoadSnapshot("a")!.Value.Slot);
        Assert.Equal([1, 2], again.Journal.Snapshot("a"));
        Assert.Equal([7], again.Journal.GetRecord("x"));

        await again.Journal.AppendAsync("a", Decided(3));
        Assert.Equal(new Ballot(2, NodeB), again.Journal.Load("a").Promised);
    }

    [Fact]
    public async Task Append_WhileTheThreadIsBusy_SharesOneSync()
    {
        await using var open = new OpenJournal(_scratch.Path);
        using var busy = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        open.Journal.Append("a", [Accept(1)], _ =>
        {
            busy.Set();
            go.Wait(Patience);
        });
        Assert.True(busy.Wait(Patience));
        var before = open.Journal.Commits;

        var appends = Enumerable.Range(2, 50).Select(slot => open.Journal.AppendAsync("a", Accept(slot))).ToArray();
        Assert.True(open.Journal.PendingBytes >= 50 * 4);
        go.Set();
        await Task.WhenAll(appends);

        Assert.Equal(before + 1, open.Journal.Commits);
        Assert.Equal(0, open.Journal.PendingBytes);
    }

    [Fact]
    public async Task Append_NobodyWaits_RidesWithTheNextCommit()
    {
        // Long enough that only the vote can have committed it.
        await using var open = new OpenJournal(_scratch.Path, new JournalOptions { LazyFlush = TimeSpan.FromHours(1) });
        open.Journal.Append("a", [Decided(1)], null);
        Assert.Equal(0, open.Journal.Commits);

        await open.Journal.AppendAsync("a", Accept(1));

        Assert.Equal(1, open.Journal.Commits);
        Assert.Equal(new Slot(1), open.Journal.Load("a").DecidedTo);
    }

    [Fact]
    public async Task Append_NobodyWaitsAndNothingFollows_IsCommittedAfterAWhile()
    {
        var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new JournalOptions { LazyFlush = TimeSpan.FromMilliseconds(20), Probe = _ => committed.TrySetResult() };
        await using var open = new OpenJournal(_scratch.Path, options);

        open.Journal.Append("a", [Decided(1)], null);

        await committed.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Dispose_WithWritesForWhichNobodyWaits_WritesThem()
    {
        await using (var open = new OpenJournal(_scratch.Path, new JournalOptions { LazyFlush = TimeSpan.FromHours(1) }))
        {
            open.Journal.Append("a", [Accept(1), Decided(1)], null);
        }

        await using var again = new OpenJournal(_scratch.Path);
        Assert.Equal(new Slot(1), again.Journal.Load("a").DecidedTo);
    }

    /// <summary>The one that the README tells to look at.</summary>
    [Fact]
    public async Task Entries_OfTwoStores_AreSeenByNameAndSlotInTheirView()
    {
        await using var open = new OpenJournal(_scratch.Path);
        await open.Journal.AppendAsync("a", Accept(3));
        await open.Journal.AppendAsync("b", Accept(5), Accept(7), Decided(5));

        Assert.Equal(3, Sql(_scratch.Path, "SELECT slot FROM entry WHERE store = 'a'"));
        Assert.Equal(75, Sql(_scratch.Path, "SELECT slot * 10 + decided FROM entry WHERE store = 'b' ORDER BY slot DESC LIMIT 1"));
        Assert.Equal(3, Sql(_scratch.Path, "SELECT count(*) FROM entry"));
    }

    [Fact]
    public async Task Truncate_ManyRows_RemovesThemInBoundedStepsBetweenVotes()
    {
        var left = new List<long>();
        var cleaned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Probe(JournalStep step)
        {
            if (step == JournalStep.AfterClean)
            {
                left.Add(Sql(_scratch.Path, "SELECT count(*) FROM log"));
                if (left[^1] == 7)
                {
                    cleaned.TrySetResult();
                }
            }
        }

        await using var open = new OpenJournal(_scratch.Path, new JournalOptions { TruncateRows = 10, Probe = Probe });
        await open.Journal.AppendAsync("a", [.. Enumerable.Range(1, 35).Select(slot => Accept(slot))]);

        await open.Journal.AppendAsync("a", Truncate(28));
        Assert.Equal(7, open.Journal.Load("a").Entries.Count);

        await cleaned.Task.WaitAsync(Patience);
        Assert.Equal([25, 15, 7], left);
    }

    [Fact]
    public async Task Truncate_CrashBeforeTheRowsAreRemoved_IsFinishedByTheNextStart()
    {
        var copy = _scratch.Below("copy");
        var node = _scratch.Below("node");
        var taken = false;
        var options = new JournalOptions
        {
            Probe = step =>
            {
                if (step == JournalStep.AfterCommit && !taken && Sql(node, "SELECT count(*) FROM acceptor WHERE truncated = 30") == 1)
                {
                    taken = true;
                    CopyDatabase(node, copy);
                }
            },
        };
        await using (var open = new OpenJournal(node, options))
        {
            await open.Journal.AppendAsync("a", [.. Enumerable.Range(1, 35).Select(slot => Accept(slot)), Truncate(30)]);
        }

        Assert.True(taken);
        var cleaned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var again = new OpenJournal(
            copy, new JournalOptions { Probe = step => cleaned.TrySetResult() });
        Assert.Equal([31, 32, 33, 34, 35], again.Journal.Load("a").Slots());
        await cleaned.Task.WaitAsync(Patience);
        Assert.Equal(5, Sql(copy, "SELECT count(*) FROM log"));
    }

    [Fact]
    public async Task Snapshot_ReplacedWhileRead_StaysReadableAndIsRemovedAfterwards()
    {
        using var removed = new SemaphoreSlim(0);
        var options = new JournalOptions
        {
            Probe = step =>
            {
                if (step == JournalStep.AfterClean)
                {
                    removed.Release();
                }
            },
        };
        await using var open = new OpenJournal(_scratch.Path, options);
        await open.Journal.SaveSnapshotAsync("a", new Slot(1), [[1], [2], [3]], default);
        var late = open.Journal.LoadSnapshot("a")!.Value.Chunks;
        using (var reader = open.Journal.LoadSnapshot("a")!.Value.Chunks.GetEnumerator())
        {
            Assert.True(reader.MoveNext());
            await open.Journal.SaveSnapshotAsync("a", new Slot(2), [[4]], default);
            await open.Journal.AppendAsync("a", Accept(3));

            Assert.True(reader.MoveNext());
            Assert.Equal([2], reader.Current);
            Assert.True(reader.MoveNext());
            Assert.False(reader.MoveNext());
        }

        Assert.True(await removed.WaitAsync(Patience));
        Assert.Equal(1, Sql(_scratch.Path, "SELECT count(*) FROM snapshot"));
        Assert.Throws<InvalidOperationException>(() => late.First());
        Assert.Equal([4], open.Journal.Snapshot("a"));
    }

    [Fact]
    public async Task Snapshot_ChunkQueuedBeforeAVote_LetsTheVoteGoFirst()
    {
        var steps = new List<JournalStep>();
        await using var open = new OpenJournal(_scratch.Path, new JournalOptions { Probe = steps.Add });
        using var busy = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var vote = Task.CompletedTask;
        IEnumerable<byte[]> Chunks()
        {
            open.Journal.Append("a", [Accept(1)], _ =>
            {
                busy.Set();
                go.Wait(Patience);
                steps.Clear();
            });
            Assert.True(busy.Wait(Patience));
            yield return [1];

            // The thread stands still and the first chunk is queued; now comes a vote.
            vote = open.Journal.AppendAsync("a", Accept(2));
            go.Set();
            yield return [2];
        }

        await open.Journal.SaveSnapshotAsync("a", new Slot(1), Chunks(), default).WaitAsync(Patience);
        await vote;

        Assert.Equal(
            [JournalStep.BeforeCommit, JournalStep.AfterCommit, JournalStep.BeforeStepCommit, JournalStep.AfterStepCommit],
            steps.Take(4));
    }
}
