using System.Collections.Concurrent;
using Doozer.Cli.Wire;
using Orleans.Doozer.Linearizability;

namespace Orleans.Doozer.SystemTests;

/// <summary>
/// Clients of all nodes that set, compare-and-set, delete and read a few files, and note when they called and what they were told: the
/// history that <see cref="LinearizabilityChecker"/> judges.
/// </summary>
/// <param name="nodes">Where they ask.</param>
/// <param name="patience">How long a client waits for an answer.</param>
internal sealed class RegisterLoad(IReadOnlyList<ServerAddress> nodes, TimeSpan? patience = null) : IAsyncDisposable
{
    private const int Files = 3;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Operation> _history = new();
    private readonly List<Task> _tasks = [];

    private static long Now => TimeProvider.System.GetTimestamp();

    public IReadOnlyCollection<Operation> History => _history;

    /// <summary>Which files are used: a long run takes new ones now and then, so that each has a history that can be judged.</summary>
    public int Epoch { get; set; }

    public void Start()
    {
        foreach (var node in nodes)
        {
            _tasks.Add(Task.Run(() => RunAsync(node, $"{node}w", WriteAsync)));
            _tasks.Add(Task.Run(() => RunAsync(node, $"{node}s", SwapAsync)));
            _tasks.Add(Task.Run(() => RunAsync(node, $"{node}r", async (client, name, number) => await ReadAsync(client, name, File(number)) is not null)));
        }
    }

    public Task WaitForOperationsAsync(int more)
    {
        var target = _history.Count + more;
        return Wait.UntilAsync(() => Task.FromResult(_history.Count >= target), $"{more} more operations on registers are noted");
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private string File(int number) => $"/register/{Epoch}-{number % Files}";

    private async Task RunAsync(ServerAddress node, string name, Func<NodeClient, string, int, Task<bool>> act)
    {
        using var client = new NodeClient(node, patience);
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            // An unanswered call may mean that the node is down; and the files need not be busier than a checker can follow.
            await Task.Delay(await act(client, name, number) ? 2 : 20);
        }
    }

    private async Task<bool> WriteAsync(NodeClient client, string name, int number)
    {
        var (path, called) = (File(number / 2), Now);
        var value = number % 10 == 9 ? null : $"{name}{number}";
        var outcome = value is null ? await client.DeleteAsync(path) : (await client.SetAsync(path, value)).Outcome;
        Note(outcome, Operation.Write(path, value, Of(outcome), called, Now, name));
        return outcome == Outcome.Ok;
    }

    private async Task<bool> SwapAsync(NodeClient client, string name, int number)
    {
        var path = File(number);
        if (await ReadAsync(client, name, path) is not { } seen)
        {
            return false;
        }

        var (called, value) = (Now, $"{name}{number}");
        var outcome = await client.CompareAndSetAsync(path, value, seen.Revision);
        Note(outcome, Operation.CompareAndSet(path, Content(seen), value, Of(outcome), called, Now, name));
        return outcome is Outcome.Ok or Outcome.Refused;
    }

    private async Task<(string Value, long Revision)?> ReadAsync(NodeClient client, string name, string path)
    {
        var called = Now;
        var read = await client.GetAsync(path);
        if (read is { } seen)
        {
            Note(Outcome.Ok, Operation.Read(path, Content(seen), called, Now, name));
        }

        return read;
    }

    private static string? Content((string Value, long Revision) seen) => seen.Revision == 0 ? null : seen.Value;

    private static Linearizability.Outcome Of(Outcome outcome) => outcome switch
    {
        Outcome.Ok => Linearizability.Outcome.Ok,
        Outcome.Refused => Linearizability.Outcome.Failed,
        _ => Linearizability.Outcome.Unknown,
    };

    private void Note(Outcome outcome, Operation operation)
    {
        if (outcome != Outcome.Unsent)
        {
            _history.Enqueue(operation);
        }
    }
}
