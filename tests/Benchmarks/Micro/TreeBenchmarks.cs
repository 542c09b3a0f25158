using BenchmarkDotNet.Attributes;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Benchmarks.Micro;

/// <summary>Reading, and applying decided batches, with few and with many files.</summary>
public class TreeBenchmarks
{
    private const int PerBatch = 100;
    private const int Batches = 256;
    private readonly List<byte[]> _batches = [];
    private readonly List<byte[]> _singles = [];
    private StateMachine _machine = null!;
    private string[] _paths = [];
    private int _turn;

    /// <summary>How many files there are.</summary>
    [Params(1_000, 10_000, 100_000, 1_000_000)]
    public int FileCount { get; set; }

    /// <summary>Makes the store, and batches that rewrite random files.</summary>
    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        _machine = Files.Create(FileCount);
        _paths = [.. Enumerable.Range(0, 1024).Select(_ => Files.Path(random.Next(FileCount)))];
        for (var i = 0; i < Batches; i++)
        {
            _batches.Add(Files.Batch(Enumerable.Range(0, PerBatch).Select(_ => random.Next(FileCount))));
            _singles.Add(Files.Batch([random.Next(FileCount)]));
        }
    }

    /// <summary>One file.</summary>
    [Benchmark]
    public FileContent Read() => _machine.Current.Get(_paths[_turn++ & 1023]);

    /// <summary>One command of a batch of 100: decoding, rules, tree, history.</summary>
    [Benchmark(OperationsPerInvoke = PerBatch)]
    public Slot ApplyInBatch() => Apply(_batches);

    /// <summary>One command that is a batch of its own.</summary>
    [Benchmark]
    public Slot ApplySingle() => Apply(_singles);

    private Slot Apply(List<byte[]> batches)
    {
        _machine.Apply(_machine.Applied.Next, batches[_turn++ % Batches]);

        // As the replica does when a snapshot has become durable; without it the log would grow without end.
        _machine.ForgetBelow(_machine.SnapshotCandidate);
        return _machine.Applied;
    }
}
