using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using static Orleans.Doozer.Simulation.OneNode;

namespace Orleans.Doozer.Simulation;

/// <summary>A leader that lost its lead with a batch under way, and leads again.</summary>
public class LeadLostTests
{
    private readonly OneNode _node = new([Self, A]);

    /// <summary>
    /// Beside a large batch that is under way a small one waits. What became of the batch is told by what is applied, and by nothing else: the
    /// slot may have been decided in another lead, so that no vote on it ever comes here. Were it still counted, the next write would wait for ever.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Leader_LedBeforeWithABatchUnderWay_AWriteAloneGoesAtOnce(bool isDecidedByOthers)
    {
        _node.Lead(1_000);
        Propose(1_010, 1, 2, 3, 4, 5, 6, 7, 8);
        _node.Receive(A, new AppliedReply(Slot.Zero), 1_010);
        var batch = _node.SentTo<Accept>(A).Single();
        var other = new Ballot(batch.Entry.Ballot.Round + 1, A);
        _node.Receive(A, new Prepare(other, new(1)), 1_020);
        Assert.False(_node.Replica.IsLeading);
        if (isDecidedByOthers)
        {
            _node.Receive(A, new Accept(batch.Entry with { Ballot = other }, new(1)), 1_030);
            Assert.Equal(new Slot(1), _node.Replica.Applied);
        }

        _node.Lead(3_000);
        if (!isDecidedByOthers)
        {
            Propose(3_005);
            _node.Receive(A, new AppliedReply(Slot.Zero), 3_005);
            _node.Receive(A, new Accepted(_node.Replica.Ballot, new(1)), 3_010);
            Assert.Equal(new Slot(1), _node.Replica.Applied);
        }

        _node.Sent.Clear();
        Propose(3_100, 9);

        Assert.Equal(new Slot(2), _node.SentTo<Accept>(A).Single().Entry.Slot);
    }

    private void Propose(long nowMs, params long[] tokens)
    {
        foreach (var token in tokens)
        {
            var command = CommandCodec.Encode(new(null, WriteKind.Nop, "/", default, Revision.Clobber));
            _node.Run(effects => _node.Replica.Propose(token, command, effects), nowMs);
        }

        _node.Run(effects => _node.Replica.Pump(nowMs, effects), nowMs);
    }
}
