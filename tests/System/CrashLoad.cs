using System.Collections.Concurrent;
using Doozer.Cli.Wire;

namespace Orleans.Doozer.SystemTests;

/// <summary>
/// Load to be run while nodes crash: writers that create files with distinct values at all nodes, and readers that compare every
/// linearizable read with what was acknowledged before it began.
/// </summary>
/// <param name="nodes">Where they ask.</param>
/// <param name="pause">How long a client rests after each answer; so long a script may run without filling the store.</param>
/// <param name="patience">How long a client waits for an answer.</param>
internal sealed class CrashLoad(IReadOnlyList<ServerAddress> nodes, TimeSpan pause = default, TimeSpan? patience = null) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _tasks = [];
    private long _acknowledgedCount;
    private long _counterRevision;
    private long _lastAcknowledged = TimeProvider.System.GetTimestamp();
    private long _longestGap;

    /// <summary>Every acknowledged write: path, value and revision.</summary>
    public ConcurrentDictionary<string, (string Value, long Revision)> Acknowledged { get; } = new();

    /// <summary>Reads that missed a write which was acknowledged before they began.</summary>
    public ConcurrentQueue<string> Stale { get; } = new();

    /// <summary>Reads that were answered.</summary>
    public int Reads { get; private set; }

    public void Start(int writersPerNode)
    {
        foreach (var node in nodes)
        {
            for (var writer = 0; writer < writersPerNode; writer++)
            {
                var name = $"{node}-{writer}";
                _tasks.Add(Task.Run(() => WriteAsync(node, name)));
            }

            _tasks.Add(Task.Run(() => ReadAsync(node)));
        }

        _tasks.Add(Task.Run(AdvanceAsync));
    }

    /// <summary>Waits until so many more writes were acknowledged.</summary>
    public async Task WaitForWritesAsync(int more, CancellationToken stop = default)
    {
        var target = Interlocked.Read(ref _acknowledgedCount) + more;
        await Wait.UntilAsync(
            () => Task.FromResult(Interlocked.Read(ref _acknowledgedCount) >= target), $"{more} more writes are acknowledged", stop: stop);
    }

    /// <summary>Forgets the gaps so far.</summary>
    public void ResetGap()
    {
        Interlocked.Exchange(ref _lastAcknowledged, TimeProvider.System.GetTimestamp());
        Interlocked.Exchange(ref _longestGap, 0);
    }

    /// <summary>The longest time without an acknowledged write since <see cref="ResetGap"/>.</summary>
    public TimeSpan LongestGap => TimeProvider.System.GetElapsedTime(0, Interlocked.Read(ref _longestGap));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
    }

    private async Task WriteAsync(ServerAddress node, string name)
    {
        using var client = new NodeClient(node, patience);
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var path = $"/load/{name}/{number}";
            var value = $"{name}:{number}";
            var (outcome, revision) = await client.CreateAsync(path, value);
            if (outcome == Outcome.Ok)
            {
                Acknowledged[path] = (value, revision);
                NoteWrite();
                await RestAsync();
            }
            else
            {
                // Not answered: the node may be down. The next attempt is another file, so nothing is written twice.
                await PauseAsync();
            }
        }
    }

    private void NoteWrite()
    {
        Interlocked.Increment(ref _acknowledgedCount);
        var now = TimeProvider.System.GetTimestamp();
        var gap = now - Interlocked.Exchange(ref _lastAcknowledged, now);
        long longest;
        while (gap > (longest = Interlocked.Read(ref _longestGap)) && Interlocked.CompareExchange(ref _longestGap, gap, longest) != longest)
        {
        }
    }

    /// <summary>One counter that only grows, written through whichever node answers.</summary>
    private async Task AdvanceAsync()
    {
        var clients = nodes.Select(node => new NodeClient(node, patience)).ToList();
        for (var number = 1; !_stop.IsCancellationRequested; number++)
        {
            var (outcome, revision) = await clients[number % clients.Count].SetAsync("/counter", $"{number}");
            if (outcome == Outcome.Ok)
            {
                Interlocked.Exchange(ref _counterRevision, revision);
                await RestAsync();
            }
            else
            {
                await PauseAsync();
            }
        }

        clients.ForEach(client => client.Dispose());
    }

    private async Task ReadAsync(ServerAddress node)
    {
        using var client = new NodeClient(node, patience);
        while (!_stop.IsCancellationRequested)
        {
            var acknowledged = Interlocked.Read(ref _counterRevision);
            if (await client.GetAsync("/counter") is not { } read)
            {
                await PauseAsync();
                continue;
            }

            Reads++;
            if (read.Revision < acknowledged)
            {
                Stale.Enqueue($"node {node} answered revision {read.Revision} after {acknowledged} had been acknowledged");
            }

            await RestAsync();
        }
    }

    private Task RestAsync() => pause > TimeSpan.Zero ? Task.Delay(pause) : Task.CompletedTask;

    private static Task PauseAsync() => Task.Delay(20);
}
