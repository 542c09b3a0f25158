using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>Who keeps the register in an application's own cluster.</summary>
public sealed class AcceptorChangesTests
{
    private static readonly Dictionary<string, long> NoSigns = [];

    [Fact]
    public void Join_FewerThanWanted_AddsItselfOnce()
    {
        var state = With("A", "B");

        var joined = AcceptorChanges.Join(state, Peer("C"), wanted: 3)!;

        Assert.Equal(["A", "B", "C"], joined.Acceptors.Select(peer => peer.Node.Value));
        Assert.Null(AcceptorChanges.Join(joined, Peer("C"), wanted: 3));
        Assert.Null(AcceptorChanges.Join(joined, Peer("D"), wanted: 3));
    }

    [Fact]
    public void Join_AcceptorAtANewAddress_CorrectsItAlsoWhenThereAreEnough()
    {
        var moved = AcceptorChanges.Join(With("A", "B", "C"), Peer("B") with { Address = "elsewhere:1" }, wanted: 3)!;

        Assert.Equal("elsewhere:1", moved.Acceptors.Single(peer => peer.Node.Value == "B").Address);
        Assert.Equal(3, moved.Acceptors.Length);
    }

    [Theory]
    [InlineData(SiloStatus.Dead, 10, true)]
    [InlineData(SiloStatus.Dead, 200, false)]
    [InlineData(SiloStatus.Active, 10, false)]
    [InlineData(SiloStatus.ShuttingDown, 10, false)]
    public void DropDead_AcceptorsSilo_IsDroppedOnlyWhenDeadLongEnough(SiloStatus status, long lastSign, bool dropped)
    {
        var state = WithRow(With("A", "B", "C"), "C", status, lastSign);

        var after = AcceptorChanges.DropDead(state, Peer("D"), wanted: 3, NoSigns, before: 100);

        Assert.Equal(dropped ? ["A", "B"] : null, after?.Acceptors.Select(peer => peer.Node.Value));
    }

    [Fact]
    public void DropDead_NobodyToReplaceItOrTooFewOrReborn_DropsNobody()
    {
        var state = WithRow(With("A", "B", "C"), "C", SiloStatus.Dead, 10);

        Assert.Null(AcceptorChanges.DropDead(state, Peer("A"), wanted: 3, NoSigns, before: 100));
        Assert.Null(AcceptorChanges.DropDead(state, Peer("D"), wanted: 5, NoSigns, before: 100));
        Assert.Null(AcceptorChanges.DropDead(WithRow(With("C"), "C", SiloStatus.Dead, 10), Peer("D"), wanted: 1, NoSigns, before: 100));
        Assert.Null(AcceptorChanges.DropDead(WithRow(state, "C", SiloStatus.Active, 10, port: 2), Peer("D"), wanted: 3, NoSigns, before: 100));
        Assert.Null(AcceptorChanges.DropDead(With("A", "B", "C"), Peer("D"), wanted: 3, NoSigns, before: 100));
    }

    private static RegisterPeer Peer(string name) => new(NodeId.Parse(name), $"{name}:1");

    private static RegisterState With(params string[] names) =>
        RegisterState.Genesis(Peer("A")).WithAcceptors(names.Select(Peer));

    private static RegisterState WithRow(RegisterState state, string name, SiloStatus status, long lastSign, int port = 1)
    {
        var silo = $"S{port}";
        var row = new MembershipRow(silo, "1", (int)status, name, "host", null, 5, 0, 0, lastSign, lastSign, null);
        return state with { Rows = state.Rows.SetItem(silo, row) };
    }
}
