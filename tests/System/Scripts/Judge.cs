using System.Collections.Concurrent;
using Doozer.Cli.Wire;
using Orleans.Doozer.Linearizability;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>Says whether what clients were told held: nothing acknowledged is lost, no read was stale, the history is linearizable.</summary>
internal static class Judge
{
    private const int ReadersPerNode = 8;
    private const int Named = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Reads acknowledged writes back from each of the nodes, out of its own state.</summary>
    /// <exception cref="ScriptFailure">One is not there with its value and revision; the message names some.</exception>
    public static async Task RequireKeptAsync(
        IReadOnlyList<ServerAddress> nodes, IReadOnlyCollection<KeyValuePair<string, (string Value, long Revision)>> writes)
    {
        if (writes.Count == 0)
        {
            throw new ScriptFailure("there are no acknowledged writes to look for");
        }

        var lost = new ConcurrentQueue<string>();
        await Task.WhenAll(nodes.Select(async node =>
        {
            var revision = await CatchUpAsync(node);
            var left = new ConcurrentQueue<KeyValuePair<string, (string Value, long Revision)>>(writes);
            await Task.WhenAll(Enumerable.Range(0, ReadersPerNode).Select(_ => Task.Run(() => ReadBackAsync(node, revision, left, lost))));
        }));
        if (!lost.IsEmpty)
        {
            throw new ScriptFailure($"{lost.Count} of {writes.Count} acknowledged writes are lost: {string.Join("; ", lost.Take(Named))}");
        }
    }

    /// <summary>No read answered less than what had been acknowledged before it began.</summary>
    public static void RequireFresh(CrashLoad load)
    {
        if (!load.Stale.IsEmpty)
        {
            throw new ScriptFailure($"{load.Stale.Count} reads were stale: {string.Join("; ", load.Stale.Take(Named))}");
        }
    }

    /// <summary>The whole history has an order that explains all answers.</summary>
    /// <returns>What was judged.</returns>
    public static string RequireLinearizable(RegisterLoad registers)
    {
        var history = registers.History;
        var result = LinearizabilityChecker.Check(history);
        return result.Verdict == Verdict.Linearizable
            ? $"{history.Count} operations ({history.Count(operation => operation.Outcome == Linearizability.Outcome.Unknown)} of unknown outcome) linearizable"
            : throw new ScriptFailure($"the history of {history.Count} operations is {result.Verdict}: {result.Explanation}");
    }

    /// <summary>A linearizable read makes a node apply whatever was acknowledged before.</summary>
    /// <returns>A revision that contains all of that, at this node.</returns>
    private static async Task<long> CatchUpAsync(ServerAddress node)
    {
        using var client = new NodeClient(node);
        var revision = 0L;
        await Wait.UntilAsync(
            async () => await client.GetAsync("/ctl/name") is not null && (revision = (await client.StatusAsync())?.Revision ?? 0) > 0,
            $"{node} answers a linearizable read", Patience);
        return revision;
    }

    private static async Task ReadBackAsync(
        ServerAddress node, long revision, ConcurrentQueue<KeyValuePair<string, (string Value, long Revision)>> left, ConcurrentQueue<string> lost)
    {
        using var client = new NodeClient(node);
        while (left.TryDequeue(out var write))
        {
            (string Value, long Revision)? read = null;
            await Wait.UntilAsync(async () => (read = await client.GetAsync(write.Key, revision)) is not null, $"{node} reads {write.Key}", Patience);
            if (read != write.Value)
            {
                lost.Enqueue($"{write.Key} was acknowledged as {write.Value}, and is {read} at {node}");
            }
        }
    }
}
