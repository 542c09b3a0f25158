using System.Collections.Concurrent;
using Orleans.Doozer.Linearizability;

namespace Orleans.Doozer.SystemTests;

/// <summary>
/// Clients of all nodes that set, compare-and-set, delete and read a few files, and note when they called and what they were told: the
/// history that <see cref="LinearizabilityChecker"/> judges.
/// </summary>
internal sealed class RegisterLoad(IReadOnlyList<int> ports) : IAsyncDisposable
{
    private const int Files = 3;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Operation> _history = new();
    private readonly List<Task> _tasks = [];

    private static long Now => TimeProvider.System.GetTimestamp();

    public IReadOnlyCollection<Operation> History => _history;

    public void Start()
    {
        foreach (var port in ports)
        {
            _tasks.Add(Task.Run(() => RunAsync(port, $"{port}w", WriteAsync)));
            _tasks.Add(Task.Run(() => RunAsync(port, $"{port}s", SwapAsync)));
            _tasks.Add(Task.Run(() => RunAsync(port, $"{port}r", async (client, name, number) => await ReadAsync(client, name, number) is not null)));
        }
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

    private static string File(int number) => $"/register/{number % Files}";

    private async Task RunAsync(int port, string name, Func<NodeClient, string, int, Task<bool>> act)
    {
        using var client = new NodeClient(port);
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
        Note(Operation.Write(path, value, Of(outcome), called, Now, name));
        return outcome == Outcome.Ok;
    }

    private async Task<bool> SwapAsync(NodeClient client, string name, int number)
    {
        if (await ReadAsync(client, name, number) is not { } seen)
        {
            return false;
        }

        var (path, called, value) = (File(number), Now, $"{name}{number}");
        var outcome = await client.CompareAndSetAsync(path, value, seen.Revision);
        Note(Operation.CompareAndSet(path, Content(seen), value, Of(outcome), called, Now, name));
        return outcome != Outcome.Unknown;
    }

    private async Task<(string Value, long Revision)?> ReadAsync(NodeClient client, string name, int number)
    {
        var (path, called) = (File(number), Now);
        var read = await client.GetAsync(path);
        if (read is { } seen)
        {
            Note(Operation.Read(path, Content(seen), called, Now, name));
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

    private void Note(Operation operation) => _history.Enqueue(operation);
}
