using CsCheck;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class StateMachineTests
{
    private readonly StateMachine _machine = NewMachine();

    [Fact]
    public void NewMachine_BeforeItsFirstSlot_IsEmpty()
    {
        Assert.Equal((Slot.Zero, Slot.Zero, Slot.Zero), (_machine.Applied, _machine.BaseSlot, _machine.SnapshotCandidate));
        Assert.Equal("0 0 0 0 ", _machine.Current.Show());
    }

    [Fact]
    public void Apply_OfSeveralCommands_GivesEachItsRevisionAndSkipsRefusals()
    {
        var outcomes = _machine.Apply(Set("/a", "1"), Set("/a", "2", expected: 0), Nop(), Delete("/a", expected: 2));

        Assert.Equal([(0, 1), (5, 1), (0, 2), (0, 3)], outcomes.Select(outcome => ((int)outcome.Error, (int)outcome.Revision.Value)));
        Assert.Equal("3 1 0 0 ", _machine.Current.Show());
    }

    [Fact]
    public void Apply_OfEachKind_TellsItAsEvent()
    {
        _machine.Apply(Set("/d/a", "1"), Set("/d/a", "2"), Nop(), Delete("/d/a"), Delete("/d/a"), Delete("/d"));

        Assert.Equal(
            [
                "1 Set /d/a=1 was ",
                "2 Set /d/a=2 was /d/a=1@1",
                "3 Nop /= was ",
                "4 Delete /d/a= was /d/a=2@2",
                "5 Delete /d/a= was ",
                "6 Delete /d= was ",
            ],
            _machine.Events(1));
    }

    [Fact]
    public void Delete_BelowAFile_HarmsNothing()
    {
        _machine.Apply(Set("/f", "kept"));

        Assert.Equal(new CommandOutcome(DoozerErrorCode.None, new(2), false), _machine.ApplyOne(Delete("/f/below")));

        Assert.Equal("kept", _machine.Current.Get("/f").Value.Text());
        Assert.Equal(["2 Delete /f/below= was "], _machine.Events(2));
    }

    [Fact]
    public void Set_OfExistingFile_KeepsOneTextOfItsPath()
    {
        _machine.Apply(Set("/d/a"));
        _machine.Apply(Set("/d/a"));

        var events = _machine.History.Read(new(1), 10).Events;
        Assert.Same(events[0].Path, events[1].Path);
        Assert.Same(events[0].Path, Assert.Single(_machine.Current.Walk(Glob.Parse("/d/*"))).Path);
    }

    [Fact]
    public void Apply_OfEmptyBatch_MovesThePositionOnly()
    {
        _machine.Apply(Set("/a"));
        Assert.Empty(_machine.Apply(new Slot(2), BatchCodec.Empty));

        Assert.Equal("1 2 1 3 /a=v@1", _machine.Current.Show());
        Assert.True(_machine.History.TryGetView(new(1), out var view));
        Assert.Same(_machine.Current, view);
        Assert.Equal(["1 Set /a=v was "], _machine.Events(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Apply_OfAnotherThanTheNextSlot_IsABrokenInvariant(long slot)
    {
        _machine.Apply(Set("/a"));
        Assert.Throws<InvariantViolationException>(() => _machine.Apply(new Slot(slot), BatchCodec.Empty));
    }

    [Fact]
    public void Apply_OfBatchThatCannotBeRead_ChangesNothing()
    {
        var hash = _machine.ChainHash;
        var batch = BatchCodec.Encode([CommandCodec.Encode(Set("/a")), [0xFF, 0xFF]]);

        Assert.Throws<InvariantViolationException>(() => _machine.Apply(new Slot(1), batch));

        Assert.Equal((Slot.Zero, hash, "0 0 0 0 "), (_machine.Applied, _machine.ChainHash, _machine.Current.Show()));
        Assert.Equal(0, _machine.History.Head.Value);
    }

    [Fact]
    public void ChainHash_OfEqualPrefixes_IsEqualAndOtherwiseNot()
    {
        var other = NewMachine();
        Assert.Equal(other.ChainHash, _machine.ChainHash);

        _machine.Apply(Set("/a"));
        other.Apply(Set("/a"));
        Assert.Equal(other.ChainHash, _machine.ChainHash);

        _machine.Apply(Set("/b"));
        other.Apply(Set("/c"));
        Assert.NotEqual(other.ChainHash, _machine.ChainHash);

        _machine.Apply();
        other.Apply();
        Assert.NotEqual(other.ChainHash, _machine.ChainHash);
    }

    [Fact]
    public void ChainHash_OfAnEmptySlot_ChangesToo()
    {
        var before = _machine.ChainHash;
        _machine.Apply();
        var first = _machine.ChainHash;
        _machine.Apply();

        Assert.NotEqual(before, first);
        Assert.NotEqual(first, _machine.ChainHash);
    }

    [Fact]
    public void Apply_OfRandomCommands_EqualsNaiveModel() => Programs.Batches.Sample(batches =>
    {
        var machine = NewMachine();
        var model = new NaiveStore();
        foreach (var batch in batches)
        {
            var commands = batch.ConvertAll(command => command with { Request = null });
            var outcomes = machine.Apply(commands);
            for (var i = 0; i < commands.Count; i++)
            {
                var error = model.Apply(commands[i]);
                Assert.Equal(new CommandOutcome(error, new(model.Revision), false), outcomes[i]);
            }

            var files = machine.Current.Walk(Glob.Everything).OrderBy(file => file.Path, StringComparer.Ordinal);
            Assert.Equal(model.Show(), string.Join(' ', files.Select(file => file.Show())));
            Assert.Equal(model.Files.Sum(file => file.Key.Length + file.Value.Value.Length), machine.Current.SizeBytes);
            Assert.Equal(model.Files.Count, machine.Current.FileCount);
        }
    });

    /// <summary>Doozer's rules once more, as simply as possible.</summary>
    private sealed class NaiveStore
    {
        public SortedDictionary<string, (string Value, long Revision)> Files { get; } = new(StringComparer.Ordinal);

        public long Revision { get; private set; }

        public string Show() => string.Join(' ', Files.Select(file => $"{file.Key}={file.Value.Value}@{file.Value.Revision}"));

        public DoozerErrorCode Apply(Command command)
        {
            if (command.Kind != WriteKind.Nop && Refuse(command) is var error and not DoozerErrorCode.None)
            {
                return error;
            }

            Revision++;
            if (command.Kind == WriteKind.Set)
            {
                Files[command.Path] = (command.Value.Text(), Revision);
            }
            else if (command.Kind == WriteKind.Delete)
            {
                Files.Remove(command.Path);
            }

            return DoozerErrorCode.None;
        }

        private DoozerErrorCode Refuse(Command command)
        {
            if (!DoozerPath.IsValid(command.Path))
            {
                return DoozerErrorCode.BadPath;
            }

            if (command.Kind == WriteKind.Set && Files.Keys.Any(file => command.Path.StartsWith(file + "/", StringComparison.Ordinal)))
            {
                return DoozerErrorCode.NotDirectory;
            }

            var directory = command.Path == "/"
                || Files.Keys.Any(file => file.StartsWith(command.Path + "/", StringComparison.Ordinal));
            var current = directory ? -2 : Files.TryGetValue(command.Path, out var file) ? file.Revision : 0;
            if (command.Expected.Value != -1 && command.Expected.Value < current)
            {
                return DoozerErrorCode.RevisionMismatch;
            }

            return directory ? DoozerErrorCode.IsDirectory : DoozerErrorCode.None;
        }
    }
}
