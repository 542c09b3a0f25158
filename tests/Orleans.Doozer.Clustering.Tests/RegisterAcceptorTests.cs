using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>The acceptor's rules over every relation between the ballot asked, the one promised and the one accepted.</summary>
public sealed class RegisterAcceptorTests
{
    private static readonly NodeId Node = NodeId.Parse("A");
    private static readonly RegisterPeer Peer = new(Node, "a:1");

    public static TheoryData<long, long, long> Relations
    {
        get
        {
            var data = new TheoryData<long, long, long>();
            for (var promised = 0; promised <= 3; promised++)
            {
                for (var accepted = 0; accepted <= promised; accepted++)
                {
                    for (var asked = 0; asked <= 4; asked++)
                    {
                        data.Add(promised, accepted, asked);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Relations))]
    public void Prepare_EveryRelation_PromisesUnlessLowerAndTellsWhatItHolds(long promised, long accepted, long asked)
    {
        var votes = Votes(promised, accepted);

        var (reply, after) = RegisterAcceptor.Decide(votes, "c", new PrepareRequest(At(asked)));

        if (asked < promised)
        {
            Assert.Equal(new RefusedReply(At(asked), At(promised)), reply);
            Assert.Same(votes, after);
            return;
        }

        Assert.Equal(new PromiseReply(At(asked), votes.AcceptedBallot, votes.Accepted), reply);
        Assert.Equal(At(asked), after.Promised);
        Assert.Equal(asked == promised, ReferenceEquals(votes, after));
        Assert.Same(votes.Accepted, after.Accepted);
    }

    [Theory]
    [MemberData(nameof(Relations))]
    public void Accept_EveryRelation_TakesUnlessLowerAndPromisesWithIt(long promised, long accepted, long asked)
    {
        var votes = Votes(promised, accepted);
        var state = asked == accepted && votes.Accepted is { } same ? same : State(99);

        var request = new AcceptRequest(At(asked), state);
        if (asked == 0)
        {
            // No proposer owns round 0.
            return;
        }

        var (reply, after) = RegisterAcceptor.Decide(votes, "c", request);

        if (asked < promised)
        {
            Assert.Equal(new RefusedReply(At(asked), At(promised)), reply);
            Assert.Same(votes, after);
            return;
        }

        Assert.Equal(new AcceptedReply(At(asked)), reply);
        Assert.Equal((At(asked), At(asked)), (after.Promised, after.AcceptedBallot));
        Assert.Same(state, after.Accepted);
        Assert.Equal(asked == accepted, ReferenceEquals(votes, after));
    }

    [Fact]
    public void Accept_OtherValueUnderTheSameBallot_StopsTheNode() => Assert.Throws<InvariantViolationException>(
        () => RegisterAcceptor.Decide(Votes(2, 2), "c", new AcceptRequest(At(2), State(99))));

    [Theory]
    [InlineData("other", "c")]
    [InlineData("", "c")]
    public void EveryRequest_OtherCluster_IsRejectedWithAReasonAndNoVote(string asked, string own)
    {
        var votes = Votes(1, 1) with { ClusterId = own };
        foreach (var request in new RegisterRequest[] { new PrepareRequest(At(9)), new AcceptRequest(At(9), State(9)), new QueryRequest(1) })
        {
            var (reply, after) = RegisterAcceptor.Decide(votes, asked, request);
            Assert.Contains("belongs to cluster c", Assert.IsType<RejectedReply>(reply).Reason, StringComparison.Ordinal);
            Assert.Same(votes, after);
        }
    }

    [Fact]
    public void Prepare_NodeWithoutACluster_GivesNoVote()
    {
        var votes = RegisterVotes.Empty(Node);

        var (reply, after) = RegisterAcceptor.Decide(votes, "", new PrepareRequest(At(1)));

        Assert.IsType<RejectedReply>(reply);
        Assert.Same(votes, after);
    }

    private static Ballot At(long round) => round == 0 ? Ballot.Zero : new Ballot(round, Node);

    private static RegisterState State(long number) => RegisterState.Genesis(Peer) with { Number = number };

    private static RegisterVotes Votes(long promised, long accepted) => RegisterVotes.Empty(Node) with
    {
        ClusterId = "c",
        Promised = At(promised),
        AcceptedBallot = At(accepted),
        Accepted = accepted == 0 ? null : State(accepted),
    };
}
