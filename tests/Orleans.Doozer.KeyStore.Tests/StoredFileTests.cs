using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

/// <summary>The value of a file that is written again and again is a piece of the batch that wrote it for as long as the history needs that batch, and
/// its own after it; any other file has its own from the start.</summary>
public sealed class StoredFileTests
{
    private const int RevisionLength = 8;

    private readonly StateMachine _machine = NewMachine(history: 40, wholeStates: 10);

    [Fact]
    public void File_ThatIsNew_HasItsOwnBytes()
    {
        _machine.Apply(Set("/a", "first"), Set("/b", ""));

        Assert.Equal(RevisionLength + 5, Memory("/a").Length);
        Assert.Equal(RevisionLength, Memory("/b").Length);
        Assert.Equal((new Revision(1), "first"), (_machine.Current.Get("/a").Revision, _machine.Current.Get("/a").Value.Text()));
        Assert.Equal((new Revision(2), 0), (_machine.Current.Stat("/b").Revision, _machine.Current.Get("/b").Value.Length));
    }

    [Fact]
    public void File_ThatIsWrittenAgainSoon_SharesTheBatch()
    {
        _machine.Apply(Set("/a"), Set("/b"));
        var batch = Batch(Set("/a", "first"), Set("/b", "second"));
        _machine.Apply(new(2), batch);

        Assert.Same(batch, Memory("/a"));
        Assert.Same(batch, Memory("/b"));
        Assert.Equal("second", _machine.Current.Get("/b").Value.Text());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void File_WhoseRevisionIsForgotten_HasItsOwnBytes(bool inOneSlot)
    {
        _machine.Apply(Set("/a"), Set("/b"), Set("/c"));
        var batch = Batch(Set("/a", "first"), Set("/b", ""), Set("/c"));
        _machine.Apply(new(2), batch);
        Assert.Same(batch, Memory("/a"));
        WriteOthers(80, inOneSlot);

        Assert.Equal("first", _machine.Current.Get("/a").Value.Text());
        Assert.Equal(5, Memory("/a").Length);
        Assert.Empty(Memory("/b"));
        Assert.Equal(4, _machine.Current.Walk(Glob.Parse("/?")).Count());
    }

    [Fact]
    public void File_ThatWasReplacedLate_HasItsOwnBytesInTheHistory()
    {
        _machine.Apply(Set("/a"), Set("/b"));
        _machine.Apply(Set("/a", "first"), Set("/b"));
        WriteOthers(33, inOneSlot: false);
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
        var batch = Batch(Set("/a", "second"), Set("/b"));
        _machine.Apply(_machine.Applied.Next, batch);

        Assert.Equal(isOld ? RevisionLength + 6 : batch.Length, Memory("/a").Length);
        Assert.Equal("second", _machine.Current.Get("/a").Value.Text());
    }

    [Fact]
    public void Events_OfFilesOfEitherForm_HaveThePathsAsWritten()
    {
        _machine.Apply(Set("/a/b", "1"), Set("/a/b", "2"), Delete("/a/b/c"), Delete("/a/b"), Set("/a", "3"));

        Assert.Equal(
            ["/a/b 1", "/a/b 2", "/a/b/c ", "/a/b ", "/a 3"],
            _machine.History.Read(new(1), 10).Events.Select(change => $"{change.Path} {change.Value.Text()}"));
        Assert.Equal("2", _machine.History.Read(new(4), 1).Events[0].Previous!.Value.Text());
        Assert.True(_machine.History.TryGetView(new(2), out var view));
        Assert.Equal("2", view.Get("/a/b").Value.Text());
    }

    [Fact]
    public void Batch_WhoseRevisionsAreForgotten_IsKeptByNoFile()
    {
        _machine.Apply(Set("/a"), Set("/b"));
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
            var file = new BatchPiece(new byte[] { 1, 2, 3 }.Concat(expected).Append((byte)4).ToArray().AsMemory(3, 100), new(1));
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
