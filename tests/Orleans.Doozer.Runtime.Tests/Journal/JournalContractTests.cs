using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Journal;
using Orleans.Doozer.Runtime.Stores;
using static Orleans.Doozer.Runtime.Tests.Journal.JournalTesting;

namespace Orleans.Doozer.Runtime.Tests.Journal;

/// <summary>What every journal does, with a disk or without.</summary>
public abstract class JournalContractTests : IAsyncLifetime
{
    protected IJournal Journal { get; private set; } = null!;

    public Task InitializeAsync()
    {
        Journal = Open();
        return Task.CompletedTask;
    }

    public virtual async Task DisposeAsync() => await Journal.DisposeAsync();

    [Fact]
    public void Load_StoreNeverWritten_IsEmpty() => Assert.Equal(PersistedState.Empty, Journal.Load("a"));

    [Fact]
    public async Task Load_AfterWrites_HasMarksAndEntriesInOrderOfSlots()
    {
        await Journal.AppendAsync("a", Promise(4), Accept(3), Accept(1), Accept(7, batch: []), Decided(3));
        await Journal.AppendAsync("b", Accept(1, batch: [9]));

        var state = Journal.Load("a");
        Assert.Equal(new Ballot(4, NodeB), state.Promised);
        Assert.Equal(new Slot(3), state.DecidedTo);
        Assert.Equal(Slot.Zero, state.TruncatedTo);
        Assert.Equal([1, 3, 7], state.Slots());
        Assert.Equal([1, 1, 2, 3], state.Entries[0].Batch);
        Assert.Empty(state.Entries[2].Batch);
        Assert.Equal(new Ballot(1, NodeA), state.Entries[0].Ballot);
        Assert.Equal([9], Assert.Single(Journal.Load("b").Entries).Batch);
    }

    [Fact]
    public async Task Append_SlotAcceptedAgain_ReplacesIt()
    {
        await Journal.AppendAsync("a", Accept(1, round: 1, batch: [1]), Accept(1, round: 2, batch: [2]));

        var entry = Assert.Single(Journal.Load("a").Entries);
        Assert.Equal(2, entry.Ballot.Round);
        Assert.Equal([2], entry.Batch);
    }

    [Fact]
    public async Task Append_LowerPromiseLater_KeepsTheHigher()
    {
        await Journal.AppendAsync("a", Promise(5));
        await Journal.AppendAsync("a", Promise(3));

        Assert.Equal(5, Journal.Load("a").Promised.Round);
    }

    [Fact]
    public async Task Append_Truncate_HidesTheSlotsAtOnceAndForGood()
    {
        await Journal.AppendAsync("a", [.. Enumerable.Range(1, 2_500).Select(slot => Accept(slot))]);
        await Journal.AppendAsync("a", Truncate(2_400));
        Assert.Equal(2_401, Journal.Load("a").Entries[0].Slot.Value);

        await Journal.AppendAsync("a", Accept(5));

        var state = Journal.Load("a");
        Assert.Equal(100, state.Entries.Count);
        Assert.Equal(new Slot(2_400), state.TruncatedTo);
    }

    [Theory]
    [InlineData(3, 100, 1_000, new long[] { 3, 4, 5 })]
    [InlineData(3, 4, 1_000, new long[] { 3, 4 })]
    [InlineData(3, 100, 8, new long[] { 3, 4 })]
    [InlineData(3, 100, 1, new long[] { 3 })]
    [InlineData(2, 100, 1_000, new long[0])]
    [InlineData(6, 100, 1_000, new long[0])]
    [InlineData(5, 4, 1_000, new long[0])]
    public async Task ReadDecided_AroundTheMarks_IsThePageOfWhatIsDecided(long from, long to, int maxBytes, long[] expected)
    {
        await Journal.AppendAsync("a", [.. Enumerable.Range(1, 8).Select(slot => Accept(slot)), Truncate(2), Decided(5)]);
        await Journal.AppendAsync("b", Accept(3), Decided(3));

        var page = Journal.ReadDecided("a", new(from), new(to), maxBytes);

        Assert.Equal(expected, page.Select(entry => entry.Slot.Value));
        Assert.All(page, entry => Assert.Equal([(byte)entry.Slot.Value, 1, 2, 3], entry.Batch));
        Assert.Empty(Journal.ReadDecided("never written", new(from), new(to), maxBytes));
    }

    [Fact]
    public async Task ReadDecided_SlotLearnedAgain_IsTheDecidedBatch()
    {
        await Journal.AppendAsync("a", Accept(1, round: 1, batch: [1]));
        Assert.Empty(Journal.ReadDecided("a", new(1), new(9), 100));

        await Journal.AppendAsync("a", Accept(1, round: 2, batch: [2]), Decided(1), Accept(3));

        Assert.Equal([2], Assert.Single(Journal.ReadDecided("a", new(1), new(9), 100)).Batch);
    }

    [Fact]
    public async Task ReadDecided_HoleBelowTheMark_EndsBeforeIt()
    {
        await Journal.AppendAsync("a", Accept(1), Accept(3), Decided(3));

        Assert.Equal(1, Assert.Single(Journal.ReadDecided("a", new(1), new(9), 100)).Slot.Value);
        Assert.Empty(Journal.ReadDecided("a", new(2), new(9), 100));
    }

    [Fact]
    public async Task JournalReads_DisposedBetween_AnswersWithoutEntries()
    {
        await Journal.AppendAsync("a", Accept(1), Accept(2), Decided(2));
        var reads = new JournalReads("a", Journal);
        var wanted = new JournalRead(new(1), new(2), 100, new([], new(2), false, NodeA, new(1, NodeA)));

        var answer = await reads.ReadAsync(wanted);
        Assert.Equal(wanted.Answer with { Entries = answer.Entries }, answer);
        Assert.Equal([1, 2], answer.Entries.Select(entry => entry.Slot.Value));

        await reads.DisposeAsync();
        Assert.Empty((await reads.ReadAsync(wanted)).Entries);
    }

    [Fact]
    public async Task Append_FromManyThreads_CompletesEachOnceInOrderOfItsThread()
    {
        var completions = new List<(int Thread, int Number)>();
        var all = new CountdownEvent(8 * 200);
        var threads = Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var number = 0; number < 200; number++)
            {
                var mine = (thread, number);
                Journal.Append("a", [Accept((thread * 1_000) + number + 1)], error =>
                {
                    Assert.Null(error);
                    completions.Add(mine);
                    all.Signal();
                });
            }
        }));
        await Task.WhenAll(threads);
        Assert.True(all.Wait(Patience));

        Assert.All(
            completions.GroupBy(done => done.Thread),
            group => Assert.Equal(Enumerable.Range(0, 200), group.Select(done => done.Number)));
        Assert.Equal(1_600, Journal.Load("a").Entries.Count);
    }

    [Fact]
    public async Task Append_Completion_RunsOnTheJournalsThreadAndMayAppend()
    {
        var names = new List<string?>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Journal.Append("a", [Accept(1)], _ =>
        {
            names.Add(Thread.CurrentThread.Name);
            Journal.Append("a", [Accept(2)], _ =>
            {
                names.Add(Thread.CurrentThread.Name);
                done.SetResult();
            });
            names.Add("after the inner append");
        });
        await done.Task.WaitAsync(Patience);

        Assert.Equal(["doozer-journal", "after the inner append", "doozer-journal"], names);
    }

    [Fact]
    public async Task Append_CompletionThrows_StopsTheJournal()
    {
        var thrown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Journal.Append("a", [Accept(1)], _ =>
        {
            thrown.SetResult();
            throw new InvalidOperationException("a bug");
        });
        await thrown.Task.WaitAsync(Patience);

        var error = await Assert.ThrowsAsync<JournalException>(() => Journal.AppendAsync("a", Accept(2)));
        Assert.Contains("a bug", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshot_SavedTwice_IsTheSecond()
    {
        Assert.Null(Journal.LoadSnapshot("a"));
        await Journal.SaveSnapshotAsync("a", new Slot(5), [[1, 2], [3]], default);
        Assert.Equal([1, 2, 3], Journal.Snapshot("a"));

        await Journal.SaveSnapshotAsync("a", new Slot(9), [[4], [], [5]], default);

        Assert.Equal(new Slot(9), Journal.LoadSnapshot("a")!.Value.Slot);
        Assert.Equal([4, 5], Journal.Snapshot("a"));
        Assert.Null(Journal.LoadSnapshot("b"));
    }

    [Fact]
    public async Task Snapshot_OfAnEarlierSlot_IsRefusedAndTheJournalGoesOn()
    {
        await Journal.SaveSnapshotAsync("a", new Slot(5), [[1]], default);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Journal.SaveSnapshotAsync("a", new Slot(4), [[2]], default));

        Assert.Equal([1], Journal.Snapshot("a"));
        await Journal.AppendAsync("a", Accept(6));
    }

    [Fact]
    public async Task Snapshot_ChunksThrow_KeepsTheOldOneAndTheJournalGoesOn()
    {
        static IEnumerable<byte[]> Broken()
        {
            yield return [9];
            throw new InvalidOperationException("no more");
        }

        await Journal.SaveSnapshotAsync("a", new Slot(5), [[1]], default);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Journal.SaveSnapshotAsync("a", new Slot(6), Broken(), default));

        Assert.Equal([1], Journal.Snapshot("a"));
        await Journal.SaveSnapshotAsync("a", new Slot(7), [[2]], default);
        Assert.Equal([2], Journal.Snapshot("a"));
    }

    [Fact]
    public async Task Snapshot_CancelledMidway_KeepsTheOldOne()
    {
        using var cancel = new CancellationTokenSource();
        IEnumerable<byte[]> Chunks()
        {
            yield return [9];
            cancel.Cancel();
            yield return [9];
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Journal.SaveSnapshotAsync("a", new Slot(6), Chunks(), cancel.Token));

        Assert.Null(Journal.LoadSnapshot("a"));
    }

    [Fact]
    public async Task Snapshot_ManyChunks_AreMadeOffTheJournalsThreadAndOnlyOneAhead()
    {
        // While the journal's thread stands still nothing is written, and so at most two chunks may be made.
        using var blocked = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var progress = new SemaphoreSlim(0);
        var tooMany = false;
        IEnumerable<byte[]> Chunks()
        {
            for (var i = 0; i < 20; i++)
            {
                Assert.NotEqual("doozer-journal", Thread.CurrentThread.Name);
                if (i == 0)
                {
                    Journal.Append("a", [Accept(1)], _ =>
                    {
                        blocked.Set();
                        release.Wait(Patience);
                    });
                    Assert.True(blocked.Wait(Patience));
                }

                tooMany |= i > 1 && !release.IsSet;
                progress.Release();
                yield return [(byte)i];
            }
        }

        var saved = Journal.SaveSnapshotAsync("a", new Slot(6), Chunks(), default);
        Assert.True(await progress.WaitAsync(Patience));
        Assert.True(await progress.WaitAsync(Patience));
        release.Set();
        await saved.WaitAsync(Patience);

        Assert.False(tooMany, "a third chunk was made while the first was not written");
        Assert.Equal(20, Journal.Snapshot("a")!.Length);
    }

    [Fact]
    public async Task Record_Put_IsRead()
    {
        Assert.Null(Journal.GetRecord("x"));
        await Journal.PutRecordAsync("x", [1], default);
        await Journal.PutRecordAsync("x", [2, 3], default);
        await Journal.PutRecordAsync("y", [], default);

        Assert.Equal([2, 3], Journal.GetRecord("x"));
        Assert.Empty(Journal.GetRecord("y")!);
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.PutRecordAsync("identity/node", [1], default));
    }

    [Fact]
    public async Task Dispose_ThenUsed_SaysSoAndDoesNotHang()
    {
        var completed = new TaskCompletionSource<JournalException?>();
        Journal.Append("a", [Accept(1)], completed.SetResult);
        await Journal.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.Null(await completed.Task.WaitAsync(Patience));

        Assert.Throws<JournalException>(() => Journal.Append("a", [Accept(2)], null));
        await Assert.ThrowsAsync<JournalException>(() => Journal.PutRecordAsync("x", [1], default).WaitAsync(Patience));
        await Assert.ThrowsAsync<JournalException>(() => Journal.SaveSnapshotAsync("a", new Slot(1), [[1]], default).WaitAsync(Patience));
        Assert.Throws<JournalException>(() => Journal.Load("a"));
        Assert.Throws<JournalException>(() => Journal.GetRecord("x"));
        await Journal.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    protected abstract IJournal Open();
}

public sealed class MemoryJournalTests : JournalContractTests
{
    protected override IJournal Open() => new MemoryJournal();
}

[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification = "xunit calls DisposeAsync of IAsyncLifetime")]
public sealed class SqliteJournalContractTests : JournalContractTests
{
    private readonly ScratchDirectory _scratch = new();
    private OpenJournal? _open;

    public override async Task DisposeAsync()
    {
        await _open!.DisposeAsync();
        _scratch.Dispose();
    }

    protected override IJournal Open() => (_open = new OpenJournal(_scratch.Path)).Journal;
}
