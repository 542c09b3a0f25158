using Orleans.Doozer.Consensus;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class PendingCommandsTests
{
    private readonly PendingCommands _pending = new(new ReplicaOptions { BatchCommands = 1 });

    [Fact]
    public void PendingCommands_OwnCommands_ShareTheNextBatchHoweverSmallItIs()
    {
        _pending.Add(7, CommandCodec.Encode(Nop()));
        _pending.AddOwn([Set("/ctl/cal/1", "B"), Set("/ctl/cal/2", "C")]);

        var batch = BatchCodec.Decode(_pending.TakeBatch(new Slot(1))).Select(CommandCodec.Decode);
        Assert.Equal(["/ctl/cal/1", "/ctl/cal/2"], batch.Select(command => command.Path));
        Assert.Equal((1, 2), (_pending.Waiting, _pending.OwnCount));
    }

    [Fact]
    public void PendingCommands_OwnCommandsApplied_AreNotTheHostsBusiness()
    {
        var completions = new List<CommandCompletion>();
        _pending.AddOwn([Nop()]);
        _pending.TakeBatch(new Slot(1));
        _pending.Applied(new Slot(1), [default], completions);
        Assert.Empty(completions);
        Assert.Equal(0, _pending.OwnCount);
    }

    [Fact]
    public void PendingCommands_GivenUp_ForgetsTheOwnAndTellsTheOthersFates()
    {
        var completions = new List<CommandCompletion>();
        _pending.Add(7, CommandCodec.Encode(Nop()));
        _pending.TakeBatch(new Slot(1));
        _pending.Add(8, CommandCodec.Encode(Nop()));
        _pending.AddOwn([Nop()]);
        _pending.GiveUp(completions);
        Assert.Equal(
            [(8, CommandFate.NotProposed), (7, CommandFate.Unknown)],
            completions.Select(completion => ((int)completion.Token, completion.Fate)));
        Assert.Equal((0, 0), (_pending.Waiting, _pending.OwnCount));
    }
}
