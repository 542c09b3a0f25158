using Microsoft.Extensions.Time.Testing;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Diagnostics;

namespace Orleans.Doozer.Runtime.Tests;

public sealed class ProtocolTapTests
{
    private static readonly NodeId Peer = NodeId.Parse("PEER");
    private readonly FakeTimeProvider _time = new();
    private readonly ProtocolTap _tap;

    public ProtocolTapTests() => _tap = new(_time);

    [Fact]
    public void Tap_ThatNobodyReads_KeepsNothing()
    {
        _tap.Sent(Peer, Accept(1));
        Assert.False(_tap.IsOn);
        Assert.Empty(_tap.Read(0, 100).Events);
        Assert.True(_tap.IsOn);
    }

    [Fact]
    public void Tap_ThatIsReadNoMore_GoesOffAndForgets()
    {
        _tap.Read(0, 100);
        _tap.Sent(Peer, Accept(1));
        _time.Advance(TimeSpan.FromSeconds(4));
        _tap.Expire();
        Assert.True(_tap.IsOn);
        _time.Advance(TimeSpan.FromSeconds(2));
        _tap.Expire();
        Assert.False(_tap.IsOn);
        var (counts, events, last) = _tap.Read(0, 100);
        Assert.Equal((0, 0, 1), (counts.Sum(), events.Length, last));
    }

    [Fact]
    public void Read_AfterANumber_GivesWhatFollowsInOrder()
    {
        _tap.Read(0, 100);
        for (var slot = 1; slot <= 5; slot++)
        {
            _tap.Sent(Peer, Accept(slot));
        }

        Assert.Equal([3L, 4, 5], _tap.Read(2, 100).Events.Select(happened => happened.Number));
        Assert.Equal([4L, 5], _tap.Read(0, 2).Events.Select(happened => happened.Number));
        Assert.Empty(_tap.Read(5, 100).Events);

        // A number from before the node's last start.
        Assert.Equal(5, _tap.Read(1000, 100).Events.Length);
    }

    [Fact]
    public void Tap_ThatIsFull_KeepsTheNewest()
    {
        _tap.Read(0, 100);
        for (var slot = 1; slot <= ProtocolTap.Kept + 10; slot++)
        {
            _tap.Received(Peer, new Accepted(new(1, Peer), new(slot)));
        }

        var (counts, events, last) = _tap.Read(0, int.MaxValue);
        Assert.Equal((ProtocolTap.Kept, ProtocolTap.Kept + 10L), (events.Length, last));
        Assert.Equal(11, events[0].Number);
        Assert.Equal(ProtocolTap.Kept + 10, counts[(int)ProtocolKind.Accepted]);
    }

    [Fact]
    public void Heartbeats_AreCountedAndNotListed()
    {
        _tap.Read(0, 100);
        _tap.Sent(Peer, new Heartbeat(new(1, Peer), new(1), new(1), 0));
        _tap.Received(Peer, new Rejected(new(1, Peer), new(2, Peer)));
        var (counts, events, _) = _tap.Read(0, 100);
        Assert.Equal(1, counts[(int)ProtocolKind.Heartbeat]);
        var rejected = Assert.Single(events);
        Assert.Equal((ProtocolKind.Rejected, true, Peer, new Ballot(2, Peer)), (
            rejected.Kind, rejected.IsIncoming, rejected.Peer, rejected.Promised));
    }

    [Fact]
    public void Tap_KnowsEveryMessage()
    {
        foreach (var type in typeof(Message).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Message)) && !type.IsAbstract))
        {
            var message = (Message)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            try
            {
                Assert.NotNull(ProtocolTap.Describe(message));
            }
            catch (NullReferenceException)
            {
                // It knows the message and looked into it.
            }
        }
    }

    private static Accept Accept(long slot) => new(new AcceptedEntry(new(slot), new(1, Peer), [1, 2, 3]), Slot.Zero);
}
