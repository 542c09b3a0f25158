using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using static Orleans.Doozer.Simulation.OneNode;

namespace Orleans.Doozer.Simulation;

/// <summary>How followers hear what is decided: by the next Accept while one write follows another, otherwise by a message of its own.</summary>
public class AnnouncementTests
{
    private readonly OneNode _node = new([Self, A]);
    private readonly NodeId _listener = NodeId.Parse("LISTENER");
    private long _slots;

    [Fact]
    public void Follower_AcceptSaysWhatIsDecided_AppliesIt()
    {
        var ballot = new Ballot(1, A);
        _node.Receive(A, new Accept(new(new(1), ballot, BatchCodec.Empty), Slot.Zero));
        Assert.Equal(Slot.Zero, _node.Replica.Applied);

        _node.Receive(A, new Accept(new(new(2), ballot, BatchCodec.Empty), new(1)));
        Assert.Equal(new Slot(1), _node.Replica.Applied);

        // An older leader's word counts as little as its Accept; and a slot that is not here cannot be applied.
        Assert.IsType<Rejected>(_node.Receive(B, new Accept(new(new(3), new(0, B), BatchCodec.Empty), new(2))));
        Assert.Equal(new Slot(1), _node.Replica.Applied);
        _node.Receive(A, new Accept(new(new(4), ballot, BatchCodec.Empty), new(3)));
        Assert.Equal(new Slot(2), _node.Replica.Applied);
        Assert.True(_node.Replica.IsBehind);
    }

    [Fact]
    public void Leader_OneWriteAlone_TellsItAtOnce()
    {
        _node.Lead(1_000);

        Write(1_100);

        Assert.Equal([new(_slots)], Announced(A, 1_100));
    }

    [Fact]
    public void Leader_OneWriteAfterAnother_TellsItWithTheNextAndTheLastByItself()
    {
        _node.Lead(1_000);
        Write(1_100);
        _node.Sent.Clear();

        Write(1_101);
        Write(1_102);
        Write(1_104);

        Assert.Empty(Announced(A, 1_106));
        Assert.Equal(
            [_slots - 3, _slots - 2, _slots - 1],
            _node.SentTo<Accept>(A).Select(accept => accept.DecidedTo.Value));
        Assert.Equal([new(_slots)], Announced(A, 1_107));
    }

    [Fact]
    public void Leader_AFollowerHasNoVote_IsToldApart()
    {
        _node.Lead(1_000);
        Write(1_100, new Command(null, WriteKind.Set, $"/ctl/node/{_listener}/addr", "a"u8.ToArray(), Revision.Clobber));
        _node.Tick(1_200);
        _node.Sent.Clear();

        Write(1_201);
        Write(1_202);
        Write(1_203);
        Write(1_204);

        // At once after the pause, then no rarer than every three milliseconds.
        Assert.Equal([new(_slots - 3), new(_slots)], Announced(_listener, 1_205));
    }

    private void Write(long nowMs, Command? command = null)
    {
        command ??= new Command(null, WriteKind.Nop, "/", default, Revision.Clobber);
        _slots++;
        _node.Run(effects => _node.Replica.Propose(_slots, CommandCodec.Encode(command), effects), nowMs);
        _node.Run(effects => _node.Replica.Pump(nowMs, effects), nowMs);
        if (_slots == 1)
        {
            // The first slot of its voters: it asked them what they hold.
            _node.Receive(A, new AppliedReply(Slot.Zero), nowMs);
        }

        _node.Receive(A, new Accepted(_node.Replica.Ballot, new(_slots)), nowMs);
        Assert.Equal(new Slot(_slots), _node.Replica.Applied);
    }

    private IEnumerable<Slot> Announced(NodeId to, long nowMs)
    {
        _node.Run(effects => _node.Replica.Pump(nowMs, effects), nowMs);
        return _node.SentTo<Heartbeat>(to).Select(heartbeat => heartbeat.DecidedTo);
    }
}
