using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CsCheck;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

/// <summary>Where values are large, bytes bound the history and the log.</summary>
public sealed class HistoryBytesTests
{
    private static readonly Gen<List<Command>[]> Batches =
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 3]).Select((bytes, kind) => kind switch
        {
            0 => Set("/refused", new string('x', bytes), expected: 0),
            1 => Delete("/f"),
            _ => Set("/f", new string('x', bytes)),
        }).List[0, 5].Array[1, 60];

    [Fact]
    public void History_BeyondItsBytes_KeepsExactlyWhatFits() =>
        Gen.Select(Batches, Gen.Int[1, 30], Gen.Int[1, 12], Gen.Int[1, 3000]).Sample((batches, history, wholeStates, historyBytes) =>
        {
            var every = NewMachine();
            var some = NewMachine(history, wholeStates: wholeStates, historyBytes: historyBytes);
            var (total, ends) = (0L, new List<long> { 0 });
            foreach (var batch in batches)
            {
                foreach (var (command, outcome) in batch.Zip(every.Apply(batch)))
                {
                    total += CommandCodec.Encode(command).Length;
                    ends.AddRange(outcome.Error == DoozerErrorCode.None ? [total] : Array.Empty<long>());
                }

                some.Apply(batch);
                var head = every.History.Head.Value;
                var oldest = Enumerable.Range(0, ends.Count + 1).First(
                    revision => revision > head || (revision > head - history && total - ends[revision] <= historyBytes));
                Assert.Equal(Math.Max(oldest, 1), some.History.Oldest.Value);
                RequireSame(every.History, some.History, oldest);
            }
        });

    [Fact]
    public void Restart_FromTheCandidate_HasTheWholeHistoryAgain() =>
        Gen.Select(Batches, Gen.Int[1, 30], Gen.Int[1, 12], Gen.Int[1, 3000]).Sample((batches, history, wholeStates, historyBytes) =>
        {
            var machine = NewMachine(history, logSlots: 1000, wholeStates: wholeStates, historyBytes: historyBytes);
            foreach (var batch in batches)
            {
                machine.Apply(batch);
            }

            var candidate = machine.SnapshotCandidate;
            var restored = Reload(machine, candidate);
            foreach (var batch in batches.Skip((int)candidate.Value))
            {
                restored.Apply(batch);
            }

            var oldest = machine.History.Oldest;
            Assert.Equal(oldest, restored.History.Oldest);
            Assert.Equal(machine.Events(oldest.Value), restored.Events(oldest.Value));
        });

    [Fact]
    public void Candidate_WhereOnlyRefusedCommandsFillTheLog_FollowsTheHead()
    {
        var machine = NewMachine(historyBytes: 10_000);
        machine.Apply(Set("/f"));
        for (var i = 0; i < 100; i++)
        {
            machine.Apply(Set("/f", new string('x', 1000), expected: 0));
        }

        Assert.Equal(1, machine.Current.Revision.Value);
        Assert.InRange(machine.SnapshotCandidate.Value, 90, 93);
        Assert.InRange(machine.BytesToFree, 90_000, 95_000);

        machine.ForgetBelow(machine.SnapshotCandidate);
        Assert.Equal(0, machine.BytesToFree);
    }

    [Fact]
    public void History_BeyondItsBytes_LetsGoOfTheValues()
    {
        var machine = NewMachine(historyBytes: 10_000, wholeStates: 1000);
        var values = Enumerable.Range(0, 100).Select(_ => SetAndRefer(machine)).ToList();
        machine.ReleaseStatesBefore(machine.SnapshotCandidate);

        GC.Collect();

        // Ten that are kept, and the value that the first of them replaced.
        Assert.InRange(values.Count(value => value.IsAlive), 10, 11);
        GC.KeepAlive(machine);
    }

    [Fact]
    public void History_AfterAReadOfAnOldRevision_DoesNotKeepItForEver()
    {
        var machine = NewMachine(history: 10, wholeStates: 10);
        var value = SetAndRefer(machine);
        machine.Apply([.. Enumerable.Repeat(Set("/f"), 5)]);
        ReadOld(machine, new(1));
        machine.Apply([.. Enumerable.Repeat(Set("/f"), 30)]);
        machine.ForgetBelow(machine.Applied);

        GC.Collect();

        Assert.False(value.IsAlive, "the value of the first revision, which was read when it was old, is still there");
        GC.KeepAlive(machine);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference SetAndRefer(StateMachine machine)
    {
        machine.Apply(Set("/f", new string('x', 1000)));
        Assert.True(MemoryMarshal.TryGetArray(machine.Current.Get("/f").Value, out var bytes));
        return new WeakReference(bytes.Array);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadOld(StateMachine machine, Revision revision)
    {
        Assert.True(machine.History.TryGetView(revision, out var view));
        Assert.Equal(1000, view.Get("/f").Value.Length);
    }

    private static void RequireSame(History every, History some, long oldest)
    {
        for (var revision = 0L; revision <= every.Head.Value; revision++)
        {
            Assert.True(every.TryGetView(new(revision), out var expected));
            Assert.Equal(revision >= oldest || revision == every.Head.Value, some.TryGetView(new(revision), out var view));
            Assert.True(view is null || expected.Show() == view.Show(), $"{revision}: {view?.Show()}, not {expected.Show()}");
        }

        var from = some.Oldest;
        Assert.Equal(
            every.Read(from, int.MaxValue).Events.Select(change => change.Show()), some.Read(from, int.MaxValue).Events.Select(change => change.Show()));
        Assert.True(from.Value == 1 || some.Read(new(from.Value - 1), 1).TooLate);
    }
}
