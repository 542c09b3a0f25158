using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime;
using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Benchmarks.Micro;

/// <summary>
/// A write to a store of one node in this process, in memory, and a watch that is told of it, beside many others that are not:
/// what many watches cost.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The clean-up disposes them.")]
public class WatchBenchmarks
{
    private const string Watched = "/watch/it";
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _value = new byte[128];
    private DoozerTestCluster _cluster = null!;
    private IStoreNode _store = null!;
    private Task[] _others = [];

    /// <summary>How many other watches there are.</summary>
    [Params(1, 100, 10_000, 100_000)]
    public int Others { get; set; }

    /// <summary>Whether they watch other files of the same directory, each its own; otherwise of other directories.</summary>
    [Params(false, true)]
    public bool SameDirectory { get; set; }

    /// <summary>Starts the node and the other watches.</summary>
    [GlobalSetup]
    public async Task StartAsync()
    {
        _cluster = await DoozerTestCluster.StartAsync(nodes: 1);
        _store = _cluster.Nodes[0].Store;
        _others = [.. Enumerable.Range(0, Others).Select(number => HoldAsync(SameDirectory ? $"/watch/{number}" : $"/other/{number}/it"))];
    }

    /// <summary>Ends all.</summary>
    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_others);
        await _cluster.DisposeAsync();
    }

    /// <summary>A write, until its watch has it.</summary>
    [Benchmark]
    public async Task<Revision> WriteAndSeeAsync()
    {
        var watch = _store.WatchAsync(new WatchRequest(Watched, _store.Current.Revision.Next, Wait, 1), CancellationToken.None);
        var written = await _store.WriteAsync(
            new WriteRequest(_store.NewRequestId(), WriteKind.Set, Watched, _value, Revision.Clobber), CancellationToken.None);
        var seen = await watch;
        return written.Error == DoozerErrorCode.None && seen.Events.Length == 1
            ? seen.Events[0].Revision
            : throw new InvalidOperationException($"the write gave {written.Error}, the watch {seen.Events.Length} events");
    }

    private async Task HoldAsync(string path)
    {
        try
        {
            for (var next = _store.Current.Revision.Next; ;)
            {
                next = (await _store.WatchAsync(new WatchRequest(path, next, Wait, 1), _stop.Token)).Next;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }
}
