using BenchmarkDotNet.Attributes;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Benchmarks.Micro;

/// <summary>The acceptor's steps, without the disk.</summary>
public class AcceptorBenchmarks
{
    private const int Kept = 100_000;
    private static readonly Ballot Leader = new(1, NodeId.Parse("NODEA"));
    private static readonly byte[] Batch = new byte[128];
    private readonly List<JournalWrite> _writes = [];
    private readonly Acceptor _acceptor = new(PersistedState.Empty);
    private long _slot;

    /// <summary>Fills the log.</summary>
    [GlobalSetup]
    public void Fill()
    {
        for (var i = 0; i < Kept; i++)
        {
            Accept();
        }
    }

    /// <summary>A batch in the next slot, with 100,000 in the log; the oldest goes.</summary>
    [Benchmark]
    public Message Accept()
    {
        _writes.Clear();
        var answer = _acceptor.Receive(new Accept(new AcceptedEntry(new Slot(++_slot), Leader, Batch), Slot.Zero), _writes);
        if (_slot > Kept)
        {
            _acceptor.Truncate(new Slot(_slot - Kept), _writes);
        }

        return answer;
    }

    /// <summary>A reader's question.</summary>
    [Benchmark]
    public HighestAccepted HighestAccepted() => _acceptor.Receive(new HighestAcceptedQuery(1));
}
