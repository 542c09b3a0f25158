using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Viewer.Feeds;

/// <summary>What a node answered; or why it did not.</summary>
internal readonly record struct NodeAnswer<T>(NodeId Node, T? Answer, string? Problem)
    where T : class;

/// <summary>Asks all nodes at once.</summary>
internal static class NodeQuestion
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static Task<NodeAnswer<T>[]> AskAllAsync<T>(
        IReadOnlyList<NodeId> nodes, Func<NodeId, CancellationToken, Task<T>> ask, TimeProvider time)
        where T : class => Task.WhenAll(nodes.Select(node => AskAsync(node, ask, time)));

    private static async Task<NodeAnswer<T>> AskAsync<T>(NodeId node, Func<NodeId, CancellationToken, Task<T>> ask, TimeProvider time)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            return new(node, await ask(node, patience.Token), null);
        }
        catch (OperationCanceledException)
        {
            return new(node, null, $"it did not answer within {Patience.TotalSeconds:0} s");
        }
        catch (DoozerException exception)
        {
            return new(node, null, exception.Message);
        }
    }

    /// <summary>A node's name in JSON; null for nobody.</summary>
    public static string? NameOf(NodeId node) => node.IsNone ? null : node.Value;

    /// <summary>A ballot in JSON; null for none.</summary>
    public static string? NameOf(Ballot ballot) => ballot == Ballot.Zero ? null : ballot.ToString();
}
