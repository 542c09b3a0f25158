using System.Collections.Concurrent;
using CsCheck;
using Orleans.Doozer.Consensus;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class HistoryTests
{
    [Fact]
    public void History_OfNewStore_StartsAtTheFirstRevision()
    {
        var history = NewMachine(history: 5).History;

        Assert.Equal((0, 1), (history.Head.Value, history.Oldest.Value));
        Assert.True(history.TryGetView(new(0), out _));
        Assert.False(history.TryGetView(new(1), out _));
        Require(history.Read(new(1), 10), tooLate: false, next: 1);
        Require(history.Read(new(0), 10), tooLate: false, next: 1);
        Require(history.Read(new(-7), 10), tooLate: false, next: 1);
        Require(history.Read(new(9), 10), tooLate: false, next: 9);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 10)]
    [InlineData(5, 1)]
    [InlineData(5, 7)]
    [InlineData(64, 1)]
    [InlineData(64, 64)]
    [InlineData(65, 2)]
    [InlineData(1000, 30)]
    [InlineData(1000, 1000)]
    public void History_BeyondItsLimit_KeepsExactlyTheLast(int limit, int wholeStates)
    {
        var machine = NewMachine(history: limit, wholeStates: wholeStates);
        for (var revision = 1; revision <= 300; revision++)
        {
            machine.Apply(Set("/f", $"{revision}"));
            var oldest = Math.Max(1, revision - limit + 1);

            Assert.Equal((revision, oldest), (machine.History.Head.Value, machine.History.Oldest.Value));
            RequireReadable(machine.History, oldest, revision);
            Assert.Equal(revision <= limit - 1, machine.History.TryGetView(new(oldest - 1), out _));
            Assert.False(machine.History.TryGetView(new(revision + 1), out _));
            if (oldest > 1)
            {
                Require(machine.History.Read(new(oldest - 1), 10), tooLate: true, next: oldest - 1);
                Assert.True(machine.History.Read(default, 10).TooLate);
            }
        }
    }

    [Fact]
    public void History_KeptLongerForSnapshots_DoesNotShow()
    {
        var machine = NewMachine(history: 3);
        for (var i = 0; i < 10; i++)
        {
            machine.Apply(Nop());
        }

        Assert.Equal(Slot.Zero, machine.BaseSlot);
        Assert.Equal(8, machine.History.Oldest.Value);
        Assert.False(machine.History.TryGetView(new(7), out _));
        Assert.True(machine.History.Read(new(7), 1).TooLate);
    }

    [Fact]
    public void History_AfterRestore_StartsAfterTheSnapshot()
    {
        var machine = NewMachine(history: 3);
        machine.Apply(Set("/a", "1"), Set("/a", "2"));

        var restored = Reload(machine, new(1));

        Assert.Equal((2, 3), (restored.History.Head.Value, restored.History.Oldest.Value));
        Assert.True(restored.History.TryGetView(new(2), out var view));
        Assert.Equal("2", view.Get("/a").Value.Text());
        Assert.False(restored.History.TryGetView(new(1), out _));
        Assert.True(restored.History.Read(new(2), 10).TooLate);
        Require(restored.History.Read(new(3), 10), tooLate: false, next: 3);

        restored.Apply(Nop(), Nop(), Nop());
        Assert.Equal(3, restored.History.Oldest.Value);
        Assert.False(restored.History.TryGetView(new(2), out _));
    }

    [Fact]
    public void Read_InPages_IsCompleteAndInOrder()
    {
        var machine = NewMachine();
        machine.Apply(Set("/a"), Set("/b"), Set("/c"));
        machine.Apply(Set("/d"), Set("/e"));

        var first = machine.History.Read(new(2), 2);
        var second = machine.History.Read(first.Next, 2);

        Assert.Equal(["/b", "/c"], first.Events.Select(change => change.Path));
        Assert.Equal(["/d", "/e"], second.Events.Select(change => change.Path));
        Assert.Equal((4, 6), (first.Next.Value, second.Next.Value));
    }

    [Fact]
    public void ReadPaths_InPages_FindsTheFilesThatReadFinds()
    {
        var machine = NewMachine(history: 4);
        machine.Apply(Set("/a"), Nop(), Set("/c"), Set("/d"), Delete("/d"), Set("/e"));
        var found = new List<(Revision Revision, string Path)>();

        Assert.Equal((true, new Revision(2)), machine.History.ReadPaths(new(2), 2, found));
        Assert.Empty(found);
        Assert.Equal((false, new Revision(5)), machine.History.ReadPaths(new(3), 2, found));
        Assert.Equal((false, new Revision(7)), machine.History.ReadPaths(new(5), 9, found));

        Assert.Equal(machine.History.Read(new(3), 9).Events.Select(change => (change.Revision, change.Path)), found);
    }

    [Fact]
    public void View_OfARevisionWithinABatch_HasTheChangesUpToIt()
    {
        var machine = NewMachine();
        machine.Apply(Set("/a"), Set("/b"), Set("/c"));

        Assert.True(machine.History.TryGetView(new(2), out var view));
        Assert.Equal("2 1 2 6 /a=v@1 /b=v@2", view.Show());
    }

    [Fact]
    public void View_BetweenWholeStates_IsTheOneThatWas() =>
        Gen.Select(Programs.Batches, Gen.Int[1, 30], Gen.Int[1, 12], Gen.Int[0, 1000].Array[20]).Sample((batches, history, wholeStates, order) =>
        {
            var every = NewMachine();
            var some = NewMachine(history, wholeStates: wholeStates);
            foreach (var batch in batches)
            {
                every.Apply(batch);
                some.Apply(batch);
                foreach (var number in order)
                {
                    var revision = new Revision(number % (every.History.Head.Value + 2));
                    var isKept = revision >= some.History.Oldest && revision <= some.History.Head;
                    every.History.TryGetView(revision, out var expected);

                    Assert.True(some.History.TryGetView(revision, out var view) || !isKept);
                    Assert.True(view is null || expected!.Show() == view.Show(), $"{revision}: {view?.Show()}, not {expected?.Show()}");
                }
            }
        });

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Readers_WhileApplying_SeeWholeStatesAndGaplessHistory(int wholeStates)
    {
        // Revision r writes r into /f, so every view and event can be checked on its own.
        var machine = NewMachine(history: 500, wholeStates: wholeStates);
        using var ready = new CountdownEvent(3);
        var done = false;
        var failures = new ConcurrentQueue<string>();
        var readers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            ready.Signal();
            while (!Volatile.Read(ref done))
            {
                ReadOnce(machine, failures);
            }
        })).ToList();
        readers.ForEach(reader => reader.Start());
        ready.Wait();
        for (var slot = 1; slot <= 4000; slot++)
        {
            var next = machine.Current.Revision.Value + 1;
            machine.Apply(Set("/f", $"{next}"), Set("/f", $"{next + 1}"));
        }

        Volatile.Write(ref done, true);
        readers.ForEach(reader => reader.Join());
        Assert.Empty(failures);
    }

    private static void ReadOnce(StateMachine machine, ConcurrentQueue<string> failures)
    {
        var current = machine.Current;
        if (current.Revision.Value % 2 != 0 || (current.Revision.Value > 0 && current.Get("/f").Value.Text() != $"{current.Revision}"))
        {
            failures.Enqueue($"the view of {current.Revision} is torn");
        }

        if (machine.History.Head < current.Revision)
        {
            failures.Enqueue("the history is behind the current view");
        }

        var from = Math.Max(1, current.Revision.Value - 400);
        var page = machine.History.Read(new(from), 100);
        if (!page.TooLate && page.Next.Value != from + page.Events.Count)
        {
            failures.Enqueue("the page has a gap");
        }

        for (var i = 0; i < page.Events.Count; i++)
        {
            if (page.Events[i].Revision.Value != from + i || page.Events[i].Value.Text() != $"{from + i}")
            {
                failures.Enqueue($"event {page.Events[i].Revision} in the place of {from + i}");
            }
        }

        if (machine.History.TryGetView(new(from), out var view)
            && (view.Revision.Value != from || view.Get("/f").Value.Text() != $"{from}"))
        {
            failures.Enqueue($"the view of {from} is that of {view.Revision}");
        }
    }

    private static void RequireReadable(History history, long oldest, long head)
    {
        var page = history.Read(new(oldest), int.MaxValue);
        Require(page, tooLate: false, next: head + 1);
        Assert.Equal(head - oldest + 1, page.Events.Count);
        for (var revision = oldest; revision <= head; revision++)
        {
            Assert.Equal($"{revision}", page.Events[(int)(revision - oldest)].Value.Text());
            Assert.True(history.TryGetView(new(revision), out var view));
            Assert.Equal($"{revision}", view.Get("/f").Value.Text());
        }
    }

    private static void Require(HistoryPage page, bool tooLate, long next)
    {
        Assert.Equal((tooLate, next), (page.TooLate, page.Next.Value));
        Assert.Equal(page.TooLate, page.TooLate && page.Events.Count == 0);
    }
}
