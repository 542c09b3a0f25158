namespace Orleans.Doozer.Consensus.Tests;

/// <summary>The safety kernel over all relations: ballot below, at, above the promise; slot below, at, above the truncation; what the
/// slot holds; each message. The expectation is written from Paxos Made Simple, and answer and writes must match exactly.</summary>
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

    [Fact]
    public void Prepare_EveryRelation_AnswerAndWritesAreExact()
    {
        foreach (var ballot in Ballots)
        {
            foreach (var held in Holdings)
            {
                foreach (var from in Slots)
                {
                    var (acceptor, writes) = (Create(new(11), held), new List<JournalWrite>());
                    var reply = acceptor.Receive(new Prepare(ballot, from), writes);
                    if (ballot < Promised)
                    {
                        Assert.Equal(new Rejected(ballot, Promised), reply);
                        Assert.Empty(writes);
                        Assert.Equal(Promised, acceptor.Promised);
                        continue;
                    }

                    var promise = Assert.IsType<Promise>(reply);
                    Assert.Equal((ballot, from, Cut, false), (promise.Ballot, promise.From, promise.TruncatedTo, promise.More));
                    AcceptedEntry[] entries = held is { } entry && from <= new Slot(11) ? [new(new(11), entry.Ballot, entry.Batch)] : [];
                    Assert.Equal(entries, promise.Entries);
                    Assert.Equal(ballot > Promised ? [new PromiseWrite(ballot)] : Array.Empty<JournalWrite>(), writes);
                    Assert.Equal(ballot, acceptor.Promised);
                }
            }
        }
    }

    [Fact]
    public void Accept_EveryRelation_AnswerAndWritesAreExact()
    {
        foreach (var (ballot, slot, held) in Cases())
        {
            var (acceptor, writes) = (Create(slot, held), new List<JournalWrite>());
            var before = acceptor.Log[slot];
            var entry = new AcceptedEntry(slot, ballot, Value);
            var reply = acceptor.Receive(new Accept(entry), writes);
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
            () => acceptor.Receive(new Accept(new(new(11), Promised, Other)), writes));
        Assert.Empty(writes);
    }

    [Fact]
    public void Learn_EveryRelation_WritesAreExact()
    {
        foreach (var (ballot, slot, held) in Cases())
        {
            var (acceptor, writes) = (Create(slot, held), new List<JournalWrite>());
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

    private static Acceptor Create(Slot slot, (Ballot Ballot, byte[] Batch)? held) =>
        new(new(Promised, Cut, Cut, held is { } entry ? [new(slot, entry.Ballot, entry.Batch)] : []));
}
