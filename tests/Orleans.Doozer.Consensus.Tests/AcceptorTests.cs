namespace Orleans.Doozer.Consensus.Tests;

/// <summary>The safety kernel over all relations: ballot below, at, above the promise; slot below, at, above the truncation, or where the memory
/// was released, which must answer alike; what the slot holds; each message. The expectation is written from Paxos Made Simple, and answer and writes must match exactly.</summary>
public class AcceptorTests
{
    private static readonly NodeId N = NodeId.Parse("N");
    private static readonly NodeId M = NodeId.Parse("M");
    private static readonly Ballot Promised = new(5, N);
    private static readonly Slot Cut = new(10);
    private static readonly byte[] Value = [1];
    private static readonly byte[] Other = [2];

    private static readonly Ballot[] Ballots = [new(4, N), new(5, M), new(5, N), new(5, NodeId.Parse("O")), new(6, M)];

    private static readonly Slot[] Slots = [new(9), new(10), new(11), new(15)];

    // What the slot holds before: nothing, or a value under some ballot up to the promise.
    private static readonly (Ballot Ballot, byte[] Batch)?[] Holdings =
        [null, (new(3, N), Value), (new(3, N), Other), (new(4, N), Value), (new(5, N), Value)];

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Prepare_EveryRelation_AnswerAndWritesAreExact(int released)
    {
        foreach (var ballot in Ballots)
        {
            foreach (var held in Holdings)
            {
                foreach (var from in Slots)
                {
                    var (acceptor, writes) = (Create(new(11), held, released), new List<JournalWrite>());
                    var reply = acceptor.Receive(new Prepare(ballot, from), writes);
                    if (ballot < Promised)
                    {
                        Assert.Equal(new Rejected(ballot, Promised), reply);
                        Assert.Empty(writes);
                        Assert.Equal(Promised, acceptor.Promised);
                        continue;
                    }

                    var promise = Assert.IsType<Promise>(reply);
                    Assert.Equal((ballot, from, Cut, false), (promise.Ballot, promise.From, promise.ReleasedTo, promise.More));
                    AcceptedEntry[] entries = held is { } entry && from <= new Slot(11) ? [new(new(11), entry.Ballot, entry.Batch)] : [];
                    Assert.Equal(entries, promise.Entries);
                    Assert.Equal(ballot > Promised ? [new PromiseWrite(ballot)] : Array.Empty<JournalWrite>(), writes);
                    Assert.Equal(ballot, acceptor.Promised);
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Accept_EveryRelation_AnswerAndWritesAreExact(int released)
    {
        foreach (var (ballot, slot, held) in Cases())
        {
            var (acceptor, writes) = (Create(slot, held, released), new List<JournalWrite>());
            var before = acceptor.Log[slot];
            var entry = new AcceptedEntry(slot, ballot, Value);
            var reply = acceptor.Receive(new Accept(entry, Slot.Zero), writes);
            if (ballot < Promised)
            {
                Assert.Equal(new Rejected(ballot, Promised), reply);
                AssertUnchanged(acceptor, slot, before, writes);
            }
            else if (slot <= Cut)
            {
                Assert.Equal(new AlreadyDecided(ballot, Cut), reply);
                AssertUnchanged(acceptor, slot, before, writes);
            }
            else if (before?.Ballot == ballot)
            {
                Assert.Equal(new Accepted(ballot, slot), reply);
                AssertUnchanged(acceptor, slot, before, writes);
            }
            else
            {
                Assert.Equal(new Accepted(ballot, slot), reply);
                JournalWrite[] expected = ballot > Promised ? [new PromiseWrite(ballot), new AcceptWrite(entry)] : [new AcceptWrite(entry)];
                Assert.Equal(expected, writes);
                Assert.Equal((ballot, entry), (acceptor.Promised, acceptor.Log[slot]));
            }
        }
    }

    [Fact]
    public void Accept_SameBallotOtherBatch_Refused()
    {
        var acceptor = Create(new(11), (Promised, Value));
        var writes = new List<JournalWrite>();
        Assert.Throws<InvariantViolationException>(
            () => acceptor.Receive(new Accept(new(new(11), Promised, Other), Slot.Zero), writes));
        Assert.Empty(writes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Learn_EveryRelation_WritesAreExact(int released)
    {
        foreach (var (ballot, slot, held) in Cases())
        {
            var (acceptor, writes) = (Create(slot, held, released), new List<JournalWrite>());
            var before = acceptor.Log[slot];
            var entry = new AcceptedEntry(slot, ballot, Value);
            acceptor.Learn(entry, writes);
            if (slot <= Cut || (before is not null && before.Ballot >= ballot))
            {
                AssertUnchanged(acceptor, slot, before, writes);
                continue;
            }

            JournalWrite[] expected = ballot > Promised ? [new PromiseWrite(ballot), new AcceptWrite(entry)] : [new AcceptWrite(entry)];
            Assert.Equal(expected, writes);
            Assert.Equal((Ballot.Max(ballot, Promised), entry), (acceptor.Promised, acceptor.Log[slot]));
        }
    }

    [Theory]
    [InlineData(9, 10, false)]
    [InlineData(10, 10, false)]
    [InlineData(11, 11, true)]
    [InlineData(20, 20, true)]
    public void Truncate_AroundTheMark_NeverFalls(long to, long expected, bool written)
    {
        var (acceptor, writes) = (Create(new(11), (Promised, Value)), new List<JournalWrite>());
        acceptor.Truncate(new(to), writes);
        Assert.Equal(new Slot(expected), acceptor.Log.TruncatedTo);
        Assert.Equal(written ? [new TruncateWrite(new(to))] : Array.Empty<JournalWrite>(), writes);
        Assert.Equal(to < 11, acceptor.Log[new(11)] is not null);
    }

    [Theory]
    [InlineData(20, 0, 13)]
    [InlineData(12, 0, 12)]
    [InlineData(20, 65, 12)]
    [InlineData(20, 129, 12)]
    [InlineData(20, 130, 11)]
    [InlineData(20, 1_000, 10)]
    [InlineData(9, 0, 10)]
    public void Release_UpToAppliedOrWhatMayStay_WritesNothingAndKeepsTheRest(long applied, long keepBytes, long expected)
    {
        AcceptedEntry[] entries = [new(new(11), Promised, Value), new(new(12), Promised, Value), new(new(13), Promised, Value)];
        var acceptor = new Acceptor(new(Promised, Cut, new(13), entries));

        acceptor.Release(new(applied), keepBytes);

        Assert.Equal((Cut, new Slot(expected)), (acceptor.Log.TruncatedTo, acceptor.Log.ReleasedTo));
        Assert.Equal(new(13), acceptor.Log.Highest);
        Assert.Equal(entries.Skip((int)expected - 10), acceptor.Log.Page(Slot.Zero, new(100), 1_000).Entries);
    }

    [Fact]
    public void HighestAccepted_AfterTruncation_IsAtLeastTheMark()
    {
        Assert.Equal(new HighestAccepted(3, Cut), Create(new(11), null).Receive(new HighestAcceptedQuery(3)));
        Assert.Equal(new HighestAccepted(3, new(15)), Create(new(15), (Promised, Value)).Receive(new HighestAcceptedQuery(3)));
    }

    private static IEnumerable<(Ballot Ballot, Slot Slot, (Ballot, byte[])? Held)> Cases() =>
        from ballot in Ballots from slot in Slots from held in Holdings select (ballot, slot, held);

    private static void AssertUnchanged(Acceptor acceptor, Slot slot, AcceptedEntry? before, List<JournalWrite> writes)
    {
        Assert.Empty(writes);
        Assert.Equal((Promised, before), (acceptor.Promised, acceptor.Log[slot]));
    }

    // The last so many slots up to the mark are released, those before them truncated.
    private static Acceptor Create(Slot slot, (Ballot Ballot, byte[] Batch)? held, int released = 0)
    {
        var entries = Enumerable.Range(0, released).Select(i => new AcceptedEntry(new(Cut.Value - i), new(3, N), Value)).Reverse().ToList();
        if (held is { } entry && slot > Cut)
        {
            entries.Add(new(slot, entry.Ballot, entry.Batch));
        }

        var acceptor = new Acceptor(new(Promised, new(Cut.Value - released), Cut, entries));
        acceptor.Release(Cut, 0);
        return acceptor;
    }
}
