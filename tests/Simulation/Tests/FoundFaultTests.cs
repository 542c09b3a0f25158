using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using static Orleans.Doozer.Simulation.OneNode;

namespace Orleans.Doozer.Simulation;

/// <summary>The faults that the simulator found in the replica, each as small as it gets.</summary>
public class FoundFaultTests
{
    [Fact]
    public void Replica_RestartedAfterInstallWithoutItsTruncate_HandsOutNothingBelowTheSnapshot()
    {
        var lost = new AcceptedEntry(new(2), new(1, A), Batch(Cal(0, "X")));
        var node = new OneNode([Self, A, B], new(new(1, A), Slot.Zero, Slot.Zero, [lost]), slots: 3);

        var fetched = Assert.IsType<Fetched>(node.Receive(A, new Fetch(new(1))));

        Assert.True(fetched.SnapshotNeeded);
        Assert.Empty(fetched.Entries);
    }

    [Fact]
    public void ReadRound_ItsVotersLeftForGood_StartsOverWithThePresentOnes()
    {
        var node = new OneNode([Self, A, B], alpha: 1);
        node.Replica.Read(7);
        node.Run(effects => node.Replica.Pump(0, effects));
        Assert.Empty(node.Reads);

        var change = new AcceptedEntry(new(1), new(1, A), Batch(Cal(1, ""), Cal(2, "")));
        node.Receive(A, new Fetched([change], new(1), false, NodeId.None, Ballot.Zero));

        Assert.Equal([7L], node.Reads);
    }

    [Fact]
    public void NodeWithoutVote_LeaderFellSilent_AsksTheVoters()
    {
        var node = new OneNode([A]);
        node.Receive(A, new Heartbeat(new(1, A), Slot.Zero, new(1), node.Hash));
        Assert.Equal(A, node.Replica.Leader);

        node.Tick(10_000);
        node.Tick(10_500);

        Assert.True(node.Replica.Leader.IsNone);
        Assert.Contains(node.Sent, outgoing => outgoing.To == A && outgoing.Message is Fetch);
    }

    [Fact]
    public void CatchUp_KnownVotersAreGone_AsksTheLeaderAgain()
    {
        var node = new OneNode([A]);
        for (var now = 0L; now < 2_000; now += 50)
        {
            node.Receive(B, new Heartbeat(new(1, B), new(5), new(1), 0), now);
        }

        Assert.True(node.Sent.Count(outgoing => outgoing.To == B && outgoing.Message is Fetch) > 2);
    }

    [Fact]
    public void CatchUp_KnownVotersAreGoneAndNobodyLeads_AsksWhoeverIsFurther()
    {
        var node = new OneNode([A]);

        // B is no voter of the slots that this node knows of; it asks this one, which has become a voter meanwhile.
        node.Receive(B, new Fetch(new(6)), 1_000);

        Assert.Contains(node.Sent, outgoing => outgoing.To == B && outgoing.Message is Fetch { From.Value: 1 });
    }

    [Fact]
    public void Leader_UnderConstantLoad_SpeaksToANodeThatRegistersAndGivesItAVote()
    {
        var node = new OneNode([Self]);
        var load = new Command(null, WriteKind.Set, "/load", default, Revision.Clobber);
        for (var now = 0L; now < 6_000; now += 5)
        {
            var command = now switch { 1_000 => Address(A), 1_005 => Address(B), _ => load };
            node.Tick(now);
            node.Run(effects => node.Replica.Propose(now + 1, CommandCodec.Encode(command), effects), now);
            node.Run(effects => node.Replica.Pump(now, effects), now);
            if (now > 1_500)
            {
                foreach (var follower in (NodeId[])[A, B])
                {
                    node.Receive(follower, new HeartbeatReply(node.Replica.Ballot, node.Replica.Applied, Slot.Zero), now);
                }
            }
        }

        Assert.Contains(node.Sent, outgoing => outgoing.To == A && outgoing.Message is Heartbeat);
        Assert.Contains(node.Sent, outgoing => outgoing.To == A && outgoing.Message is Prepare);

        static Command Address(NodeId node) => new(null, WriteKind.Set, $"/ctl/node/{node}/addr", "a"u8.ToArray(), Revision.Clobber);
    }

    [Fact]
    public void Snapshot_NeededWhileCampaigning_IsFetchedLater()
    {
        var node = new OneNode([Self, A, B]);
        node.Tick(0);
        node.Tick(1_000);
        node.Receive(A, new PreVoteReply(1, true, Ballot.Zero), 1_000);
        var ballot = node.Sent.Select(outgoing => outgoing.Message).OfType<Prepare>().First().Ballot;
        node.Receive(A, new Fetched([], new(50), true, NodeId.None, Ballot.Zero), 1_000);
        Assert.Null(node.SnapshotFrom);

        node.Receive(A, new Rejected(ballot, new(99, A)), 1_000);
        node.Receive(A, new Fetched([], new(50), true, NodeId.None, Ballot.Zero), 1_000);

        Assert.Equal(A, node.SnapshotFrom);
    }

    [Fact]
    public void Leader_RemovedWithProposalsUndecided_LeadsUntilTheyAreDecided()
    {
        var node = new OneNode([Self]);
        node.Tick(1_000);
        node.Run(effects => node.Replica.Propose(1, KeyStore.CommandCodec.Encode(Cal(0, "B")), effects), 1_000);
        node.Run(effects => node.Replica.Pump(1_000, effects), 1_000, ownVotes: false);
        var ballot = node.Replica.Ballot;
        node.Receive(Self, new Accepted(ballot, new(1)), 1_000, ownVotes: false);
        Assert.Equal(new Slot(1), node.Replica.Applied);

        node.Tick(1_015, ownVotes: false);
        Assert.True(node.Replica.IsLeading);
        for (var slot = 2; slot <= Alpha; slot++)
        {
            node.Receive(Self, new Accepted(ballot, new(slot)), 1_020, ownVotes: false);
        }

        Assert.Equal(new Slot(Alpha), node.Replica.Applied);
        node.Tick(1_030);
        Assert.False(node.Replica.IsLeading);
        Assert.DoesNotContain(node.Sent, outgoing => outgoing.Message is Accept accept && accept.Entry.Slot > new Slot(Alpha));
    }

    [Fact]
    public void NewLeader_PredecessorLeftAChangeOfVotersPending_BringsItIntoForce()
    {
        var change = new AcceptedEntry(new(1), new(1, Self), Batch(Cal(1, "B")));
        var node = new OneNode([Self], new(new(1, Self), Slot.Zero, new(1), [change]));

        node.Tick(1_000);

        Assert.Contains(node.Sent, outgoing => outgoing.Message is Accept accept && accept.Entry.Slot == new Slot(Alpha));
    }
}
