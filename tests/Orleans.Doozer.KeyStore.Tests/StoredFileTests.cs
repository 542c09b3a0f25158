using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

/// <summary>A value is a piece of the batch that wrote it for as long as the history needs that batch, and its own after it.</summary>
public sealed class StoredFileTests
{
    private readonly StateMachine _machine = NewMachine(history: 40, wholeStates: 10);

    [Fact]
    public void File_WhoseRevisionIsKept_SharesTheBatch()
    {
        var batch = Batch(Set("/a", "first"), Set("/b", "second"));
        _machine.Apply(new(1), batch);

        Assert.Same(batch, Memory("/a"));
        Assert.Same(batch, Memory("/b"));
        Assert.Equal("second", _machine.Current.Get("/b").Value.Text());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void File_WhoseRevisionIsForgotten_HasItsOwnBytes(bool inOneSlot)
    {
        _machine.Apply(Set("/a", "first"), Set("/b", ""), Set("/c"));
        WriteOthers(80, inOneSlot);

        Assert.Equal("first", _machine.Current.Get("/a").Value.Text());
        Assert.Equal(5, Memory("/a").Length);
        Assert.Empty(Memory("/b"));
        Assert.Equal(4, _machine.Current.Walk(Glob.Parse("/?")).Count());
    }

    [Fact]
    public void File_ThatWasReplacedLate_HasItsOwnBytesInTheHistory()
    {
        _machine.Apply(Set("/a", "first"), Set("/b"));
        WriteOthers(35, inOneSlot: false);
        _machine.Apply(Set("/a", "second"));
        WriteOthers(20, inOneSlot: false);

        var previous = _machine.History.Read(new(39), 1).Events[0].Previous!;
        Assert.Equal("first", previous.Value.Text());
        Assert.True(MemoryMarshal.TryGetArray(previous.Value, out var bytes));
        Assert.Equal(5, bytes.Array!.Length);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(35, true)]
    [InlineData(80, true)]
    public void File_ThatReplacesAnother_HasItsOwnBytesAtOnceWhenThatWasOld(int age, bool isOld)
    {
        _machine.Apply(Set("/a", "first"), Set("/b"));
        WriteOthers(age, inOneSlot: false);
        var batch = Batch(Set("/a", "second"), Set("/c", "new"));
        _machine.Apply(_machine.Applied.Next, batch);

        Assert.Equal(isOld ? 6 : batch.Length, Memory("/a").Length);
        Assert.Same(batch, Memory("/c"));
        Assert.Equal("second", _machine.Current.Get("/a").Value.Text());
    }

    [Fact]
    public void Batch_WhoseRevisionsAreForgotten_IsKeptByNoFile()
    {
        var batch = ApplyAndRefer(Set("/a", "first"), Set("/x"), Set("/b", "second"));
        WriteOthers(100, inOneSlot: false);
        _machine.ForgetBelow(_machine.Applied);

        GC.Collect();

        Assert.False(batch.IsAlive, "files that are no part of the history any more keep the batch that wrote them");
        Assert.Equal("first second", $"{_machine.Current.Get("/a").Value.Text()} {_machine.Current.Get("/b").Value.Text()}");
        GC.KeepAlive(_machine);
    }

    [Fact]
    public void Value_ReadWhileItIsMadeItsOwn_IsWhole()
    {
        for (var round = 0; round < 200; round++)
        {
            var expected = Enumerable.Range(round, 100).Select(number => (byte)number).ToArray();
            var file = new StoredFile("/a", new byte[] { 1, 2, 3 }.Concat(expected).Append((byte)4).ToArray().AsMemory(3, 100), new(1));
            using var started = new ManualResetEventSlim();
            var wrong = 0;
            var reader = new Thread(() =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    wrong += file.Value.Span.SequenceEqual(expected) ? 0 : 1;
                    started.Set();
                }
            });
            reader.Start();
            started.Wait();
            file.Detach();
            reader.Join();

            Assert.Equal(0, wrong);
            Assert.Equal(expected, file.Value.ToArray());
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference ApplyAndRefer(params Command[] commands)
    {
        var batch = Batch(commands);
        _machine.Apply(_machine.Applied.Next, batch);
        return new WeakReference(batch);
    }

    private void WriteOthers(int count, bool inOneSlot)
    {
        var writes = Enumerable.Range(0, count).Select(number => Set($"/others/{number % 3}")).ToList();
        foreach (var slot in inOneSlot ? [writes] : writes.Select(write => new List<Command> { write }))
        {
            _machine.Apply(slot);
        }

        // What the history lets go of trails by the states that are kept whole.
        _machine.Apply(Set("/x"));
    }

    private byte[] Memory(string path)
    {
        Assert.True(MemoryMarshal.TryGetArray(_machine.Current.Get(path).Value, out var bytes));
        return bytes.Array!;
    }
}
