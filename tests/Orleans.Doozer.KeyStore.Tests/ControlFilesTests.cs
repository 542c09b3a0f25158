using Orleans.Doozer.Consensus;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class ControlFilesTests
{
    private static readonly NodeId Self = NodeId.Parse("SELF");

    private readonly StateMachine _machine = StateMachine.CreateGenesis(
        ControlFiles.Genesis("local", Self, "127.0.0.1:8046", "host", "1.0"), new() { History = 100 });

    [Fact]
    public void Genesis_OfANewCluster_IsSlotZeroWithDoozersFilesInDoozersOrder()
    {
        Assert.Equal((Slot.Zero, Slot.Zero), (_machine.Applied, _machine.BaseSlot));
        Assert.Equal(
            [
                "1 Set /ctl/name=local was ",
                "2 Set /ctl/node/SELF/addr=127.0.0.1:8046 was ",
                "3 Set /ctl/node/SELF/hostname=host was ",
                "4 Set /ctl/node/SELF/version=1.0 was ",
                "5 Set /ctl/cal/0=SELF was ",
                "6 Set /ctl/ns/local/SELF=127.0.0.1:8046 was ",
            ],
            _machine.Events(1));
        Assert.Equal((6, 0), (_machine.Current.Revision.Value, _machine.Current.Position.Value));
    }

    [Fact]
    public void Genesis_Captured_RestoresAtSlotZero()
    {
        var restored = Reload(_machine, Slot.Zero);

        Assert.Equal((_machine.ChainHash, _machine.Current.Show()), (restored.ChainHash, restored.Current.Show()));
        Assert.NotEqual(NewMachine().ChainHash, restored.ChainHash);
        Assert.Equal(_machine.ApplyOne(Nop()), restored.ApplyOne(Nop()));
        Assert.Equal(_machine.ChainHash, restored.ChainHash);
    }

    [Fact]
    public void Genesis_OfRefusedCommands_IsABrokenInvariant() => Assert.Throws<InvariantViolationException>(
        () => StateMachine.CreateGenesis([Set("/a"), Set("/a/b")], new()));

    [Theory]
    [InlineData("")]
    [InlineData("a/b/")]
    [InlineData("with space")]
    public void Genesis_WithANameThatIsNoName_IsRefused(string name) =>
        Assert.Throws<DoozerBadPathException>(() => ControlFiles.Genesis(name, Self, "a", "h", "v"));

    [Fact]
    public void Voters_AreTheDistinctNodesInFilledSlots()
    {
        _machine.Apply(
            Set("/ctl/cal/1", ""), Set("/ctl/cal/2", "B"), Set("/ctl/cal/3", "B"), Set("/ctl/cal/4", "no node!"), Set("/ctl/cal/5/x", "C"));

        Assert.Equal([Self, NodeId.Parse("B")], ControlFiles.Voters(_machine.Current));
        Assert.Equal(
            [("/ctl/cal/0", false, 5), ("/ctl/cal/1", true, 7), ("/ctl/cal/2", false, 8), ("/ctl/cal/3", false, 9), ("/ctl/cal/4", false, 10)],
            ControlFiles.VoterSlots(_machine.Current).Select(slot => (slot.Path, slot.IsEmpty, slot.Revision.Value)));
    }

    [Fact]
    public void Files_OfAnEmptyStore_AreNone()
    {
        Assert.Empty(ControlFiles.Voters(StoreView.Empty));
        Assert.Empty(ControlFiles.VoterSlots(StoreView.Empty));
        Assert.Empty(ControlFiles.Nodes(StoreView.Empty));
        Assert.Null(ControlFiles.Address(StoreView.Empty, Self));
    }

    [Fact]
    public void Nodes_AndAddresses_AreReadFromTheirFiles()
    {
        var other = NodeId.Parse("B");
        _machine.Apply(Set(ControlFiles.NodeFile(other, "addr"), "10.0.0.2:8046"), Set("/ctl/node/C/version", "1"));

        Assert.Equal(["B", "C", "SELF"], ControlFiles.Nodes(_machine.Current).Select(node => node.Value));
        Assert.Equal("10.0.0.2:8046", ControlFiles.Address(_machine.Current, other));
        Assert.Null(ControlFiles.Address(_machine.Current, NodeId.Parse("C")));
        Assert.Equal("local", _machine.Current.Get(ControlFiles.Name).Value.Text());
    }
}
