using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;
using static Orleans.Doozer.Simulation.OneNode;

namespace Orleans.Doozer.Simulation;

/// <summary>A replica whose older batches are in its journal only.</summary>
public class ReleasedLogTests
{
    [Fact]
    public void Fetch_OfAReleasedSlot_AsksTheHostForItsJournal()
    {
        var node = Leader(written: 3);
        Assert.Equal(new Slot(3), node.Replica.Acceptor.Log.ReleasedTo);

        var read = Assert.IsType<JournalRead>(node.Receive(A, new Fetch(new(2))));

        Assert.Equal((new Slot(2), new Slot(3)), (read.From, read.To));
        Assert.Equal((new Slot(3), false, Self), (read.Answer.DecidedTo, read.Answer.SnapshotNeeded, read.Answer.Leader));
        Assert.Empty(read.Answer.Entries);
        Assert.IsType<Fetched>(node.Receive(A, new Fetch(new(4))));
    }

    [Fact]
    public void Fetch_OfATruncatedSlot_TellsThatASnapshotIsNeeded()
    {
        var node = Leader(written: 3);
        node.Run(effects => node.Replica.SnapshotSaved(new(2), effects), 1_000);

        Assert.True(Assert.IsType<Fetched>(node.Receive(A, new Fetch(new(2)))).SnapshotNeeded);
        Assert.IsType<JournalRead>(node.Receive(A, new Fetch(new(3))));
    }

    [Fact]
    public void Leader_AcceptOfAnAppliedSlotCameLate_GoesOnLeading()
    {
        var node = Leader(written: 3);
        var ballot = node.Replica.Ballot;

        node.Receive(A, new AlreadyDecided(ballot, new(3)), 1_000);
        Assert.True(node.Replica.IsLeading);

        node.Receive(A, new AlreadyDecided(ballot, new(4)), 1_000);
        Assert.False(node.Replica.IsLeading);
    }

    [Fact]
    public void Candidate_VoterReleasedWhatItLacks_StepsDownAndFetches()
    {
        var node = new OneNode([Self, A, B], logMemoryBytes: 0);
        node.Tick(0);
        node.Tick(1_000);
        node.Receive(A, new PreVoteReply(1, true, Ballot.Zero), 1_000);
        var prepare = Assert.IsType<Prepare>(node.Sent.Last(sent => sent.To == A && sent.Message is Prepare).Message);

        node.Receive(A, new Promise(prepare.Ballot, prepare.From, [], new(5), false), 1_000);

        Assert.False(node.Replica.IsLeading);
        Assert.True(node.Replica.IsBehind);
        node.Tick(2_000);
        Assert.Contains(node.Sent, sent => sent.Message is Fetch { From.Value: 1 });
    }

    /// <summary>A store of one voter, which keeps no applied batch in memory.</summary>
    private static OneNode Leader(int written)
    {
        var node = new OneNode([Self], logMemoryBytes: 0);
        node.Tick(1_000);
        for (var i = 1; i <= written; i++)
        {
            node.Run(effects => node.Replica.Propose(i, CommandCodec.Encode(Cal(0, "SELF")), effects), 1_000);
            node.Run(effects => node.Replica.Pump(1_000, effects), 1_000);
        }

        Assert.Equal(new Slot(written), node.Replica.Applied);
        return node;
    }
}
