namespace Orleans.Doozer.Consensus.Tests;

public sealed class HandoverTests
{
    private static readonly NodeId A = NodeId.Parse("A");
    private static readonly NodeId B = NodeId.Parse("B");
    private static readonly NodeId C = NodeId.Parse("C");
    private static readonly ConfigurationChange Change = new(new Slot(10), new VotingConfiguration([A, B, C]));
    private readonly Handover _handover = new(new ConsensusTimes());
    private readonly List<Outgoing> _outbox = [];

    [Fact]
    public void NewVoters_WithAQuorumThatHoldsAllBefore_MayBegin()
    {
        _handover.Ask(Change, new Slot(9), 0, _outbox);
        Assert.Equal([A, B, C], _outbox.Select(message => message.To));

        _handover.Receive(A, new AppliedReply(new Slot(9)));
        Assert.False(_handover.IsDone(Change, new Slot(9)));
        _handover.Receive(A, new AppliedReply(new Slot(9)));
        _handover.Receive(B, new AppliedReply(new Slot(8)));
        Assert.False(_handover.IsDone(Change, new Slot(9)));
        _handover.Receive(C, new AppliedReply(new Slot(12)));
        Assert.True(_handover.IsDone(Change, new Slot(9)));
    }

    [Fact]
    public void NewVoters_WithASlotDecided_NeedNobody() => Assert.True(_handover.IsDone(Change, new Slot(10)));

    [Fact]
    public void Leader_ThatLacksSlotsItself_AsksNobody()
    {
        _handover.Ask(Change, new Slot(8), 0, _outbox);
        Assert.Empty(_outbox);
        Assert.False(_handover.IsDone(Change, new Slot(8)));
    }

    [Fact]
    public void Answers_ToAnEarlierQuestion_CountForNoLaterVoters()
    {
        var later = Change with { From = new Slot(20) };
        _handover.Ask(Change, new Slot(9), 0, _outbox);
        _handover.Receive(A, new AppliedReply(new Slot(9)));
        _handover.Receive(B, new AppliedReply(new Slot(9)));
        _handover.Ask(later, new Slot(19), 0, _outbox);
        Assert.False(_handover.IsDone(later, new Slot(19)));

        _handover.Begin();
        Assert.False(_handover.IsDone(Change, new Slot(9)));
    }

    [Fact]
    public void Voter_ThatIsSilent_IsAskedAgain()
    {
        _handover.Ask(Change, new Slot(9), 0, _outbox);
        _handover.Receive(A, new AppliedReply(new Slot(9)));
        _outbox.Clear();
        _handover.Ask(Change, new Slot(9), 10, _outbox);
        Assert.Empty(_outbox);
        _handover.Ask(Change, new Slot(9), 200, _outbox);
        Assert.Equal([B, C], _outbox.Select(message => message.To));
    }
}
