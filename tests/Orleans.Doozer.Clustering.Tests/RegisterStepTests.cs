using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>What a proposer and a reader do with one answer after the other.</summary>
public sealed class RegisterStepTests
{
    private static readonly RegisterPeer A = new(NodeId.Parse("A"), "a:1");
    private static readonly RegisterPeer B = new(NodeId.Parse("B"), "b:1");
    private static readonly RegisterPeer C = new(NodeId.Parse("C"), "c:1");
    private static readonly ImmutableArray<RegisterPeer> All = [A, B, C];

    [Fact]
    public void Begin_OwnPromiseKnown_DrawsAHigherRoundAndAsksTheOwnAcceptorAlone()
    {
        var proposer = new RegisterProposer(A);

        var first = Assert.IsType<SendStep>(proposer.Begin(All, new Ballot(7, C.Node), _ => null, 1));

        Assert.Equal([A], first.To.ToArray());
        Assert.Equal(new PrepareRequest(new Ballot(8, A.Node)), first.Request);
        var others = Assert.IsType<SendStep>(proposer.Receive(A.Node, new PromiseReply(new Ballot(8, A.Node), Ballot.Zero, null)));
        Assert.Equal([B, C], others.To.ToArray());
    }

    [Fact]
    public void Receive_PromiseOfAnOldBallotOrAStranger_CountsForNothing()
    {
        var proposer = new RegisterProposer(A);
        proposer.Begin(All, Ballot.Zero, _ => null, 1);
        var ballot = new Ballot(1, A.Node);
        proposer.Receive(A.Node, new PromiseReply(ballot, Ballot.Zero, null));

        Assert.IsType<WaitStep>(proposer.Receive(B.Node, new PromiseReply(new Ballot(9, A.Node), ballot, State(1, All))));
        Assert.IsType<WaitStep>(proposer.Receive(NodeId.Parse("X"), new PromiseReply(ballot, ballot, State(1, All))));
        Assert.IsType<StuckStep>(proposer.Receive(B.Node, new PromiseReply(ballot, Ballot.Zero, null)));
    }

    [Fact]
    public void Receive_RefusedByAMajority_LosesAndGoesAboveNextTime()
    {
        var proposer = new RegisterProposer(A);
        proposer.Begin(All, Ballot.Zero, _ => null, 1);
        var ballot = new Ballot(1, A.Node);
        proposer.Receive(A.Node, new PromiseReply(ballot, Ballot.Zero, null));

        Assert.IsType<WaitStep>(proposer.Receive(B.Node, new RefusedReply(ballot, new Ballot(5, B.Node))));
        Assert.IsType<LostStep>(proposer.Receive(C.Node, new RefusedReply(ballot, new Ballot(9, B.Node))));

        var again = Assert.IsType<SendStep>(proposer.Begin(All, Ballot.Zero, _ => null, 1));
        Assert.Equal(new PrepareRequest(new Ballot(10, A.Node)), again.Request);
    }

    [Fact]
    public void Receive_ValueNamesAnotherSet_StartsOverThereAndWritesNothingUnderTheOldOne()
    {
        var proposer = new RegisterProposer(A);
        proposer.Begin([A], Ballot.Zero, state => state with { TableVersion = 1 }, 1);

        var step = Assert.IsType<SendStep>(
            proposer.Receive(A.Node, new PromiseReply(new Ballot(1, A.Node), new Ballot(1, B.Node), State(3, All))));

        Assert.Equal(new PrepareRequest(new Ballot(2, A.Node)), step.Request);
        Assert.Equal(All, proposer.Acceptors);
    }

    [Fact]
    public void Receive_OwnMarkInTheValue_IsDoneWithoutChangingTwice()
    {
        var proposer = new RegisterProposer(A);
        proposer.Begin([A], Ballot.Zero, state => state with { TableVersion = 9 }, mark: 5);

        var held = State(3, [A]) with { Recent = [4, 5, 6] };
        var done = Assert.IsType<DoneStep>(
            proposer.Receive(A.Node, new PromiseReply(new Ballot(1, A.Node), new Ballot(0, A.Node).NextFor(A.Node), held)));

        Assert.True(done.Changed);
        Assert.Same(held, done.State);
    }

    [Fact]
    public void Read_MajorityAgrees_IsDoneAndDisagrees_SettlesByAWrite()
    {
        var (low, high) = (new Ballot(1, A.Node), new Ballot(2, A.Node));
        var reader = new RegisterReader(100);
        reader.Begin(All);
        Assert.IsType<WaitStep>(reader.Receive(A.Node, new HoldingReply(101, high, State(2, All))));
        Assert.Equal(2, Assert.IsType<DoneStep>(reader.Receive(C.Node, new HoldingReply(101, high, State(2, All)))).State.Number);

        reader.Begin(All);
        Assert.IsType<WaitStep>(reader.Receive(A.Node, new HoldingReply(101, high, State(2, All))));
        Assert.IsType<WaitStep>(reader.Receive(A.Node, new HoldingReply(102, high, State(2, All))));
        Assert.IsType<SettleStep>(reader.Receive(B.Node, new HoldingReply(102, low, State(1, All))));
    }

    [Fact]
    public void Read_SentBackAndForthBetweenTwoSets_SettlesByAWrite()
    {
        var reader = new RegisterReader(0);
        reader.Begin([A]);

        Assert.IsType<SendStep>(reader.Receive(A.Node, new HoldingReply(1, new Ballot(2, A.Node), State(2, [A, B, C]))));
        Assert.IsType<WaitStep>(reader.Receive(B.Node, new HoldingReply(2, new Ballot(1, A.Node), State(1, [A]))));
        Assert.IsType<SettleStep>(reader.Receive(C.Node, new HoldingReply(2, new Ballot(1, A.Node), State(1, [A]))));
    }

    private static RegisterState State(long number, ImmutableArray<RegisterPeer> acceptors) =>
        RegisterState.Genesis(A) with { Number = number, Acceptors = acceptors };
}
