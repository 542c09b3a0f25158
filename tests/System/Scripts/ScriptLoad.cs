using Doozer.Cli.Wire;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>
/// The load of the scripts, at every node all the time: writers of distinct values and readers that look for stale answers, paced so that
/// a long script does not fill the store, and clients of a few files whose history is judged.
/// </summary>
internal sealed class ScriptLoad(IReadOnlyList<ServerAddress> nodes, TimeSpan? patience = null) : IAsyncDisposable
{
    private const int WritersPerNode = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private readonly CrashLoad _files = new(nodes, Pause, patience);
    private readonly RegisterLoad _registers = new(nodes, patience);

    public IReadOnlyList<ServerAddress> Nodes => nodes;

    public RegisterLoad Registers => _registers;

    /// <summary>How many writes of distinct values were acknowledged.</summary>
    public int AcknowledgedCount => _files.Acknowledged.Count;

    public void Start()
    {
        _files.Start(WritersPerNode);
        _registers.Start();
    }

    /// <summary>A new round: other files for the history.</summary>
    public void BeginEpoch() => _registers.Epoch++;

    public Task WaitForWritesAsync(int more, CancellationToken stop) => _files.WaitForWritesAsync(more, stop);

    /// <summary>Everything acknowledged so far is at every node; while the load goes on.</summary>
    /// <returns>What was checked.</returns>
    public async Task<string> RequireKeptAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        var writes = _files.Acknowledged.ToArray();
        await Judge.RequireKeptAsync(nodes, writes);
        Judge.RequireFresh(_files);
        return $"all {writes.Length} acknowledged writes are at every node (read in {ScriptRun.Since(start)})";
    }

    /// <summary>Ends the load and judges all of it.</summary>
    /// <returns>What was judged.</returns>
    public async Task<string> JudgeAsync()
    {
        await _files.StopAsync();
        await _registers.StopAsync();
        await Judge.RequireKeptAsync(nodes, [.. _files.Acknowledged]);
        Judge.RequireFresh(_files);
        return $"{AcknowledgedCount} acknowledged writes at every node, {_files.Reads} reads not stale, {Judge.RequireLinearizable(_registers)}";
    }

    public async ValueTask DisposeAsync()
    {
        await _files.DisposeAsync();
        await _registers.DisposeAsync();
    }
}
