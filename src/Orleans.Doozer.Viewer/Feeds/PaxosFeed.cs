using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Diagnostics;

namespace Orleans.Doozer.Viewer.Feeds;

/// <summary>
/// Paxos at work on all nodes: each node's tap is read four times a second while a page looks, however many do. What is kept here for
/// the pages is bounded for each node.
/// </summary>
internal sealed class PaxosFeed(TimeProvider time)
{
    private const int EventsPerRead = 1000;
    private const int EventsKept = 2048;

    // The nodes forget as well when nobody looks.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);
    private readonly SharedAsk<IReadOnlyList<PaxosAccount>> _shared = new(TimeSpan.FromMilliseconds(200), time);
    private IReadOnlyList<PaxosAccount> _accounts = [];
    private long _askedAt;

    /// <summary>The nodes' accounts of the last seconds.</summary>
    public Task<IReadOnlyList<PaxosAccount>> ReadAsync(ServingNode serving) => _shared.GetAsync(serving, () => AskAsync(serving));

    private async Task<IReadOnlyList<PaxosAccount>> AskAsync(ServingNode serving)
    {
        // One question at a time is under way, so nobody else changes the accounts meanwhile.
        var known = time.GetElapsedTime(_askedAt) < Memory ? _accounts.ToDictionary(account => account.Node) : [];
        _askedAt = time.GetTimestamp();
        var answers = await NodeQuestion.AskAllAsync(
            serving.Inspector.Nodes,
            (node, cancellationToken) => serving.Inspector.AskProtocolAsync(
                node, known.GetValueOrDefault(node)?.Last ?? 0, EventsPerRead, cancellationToken),
            time);
        return _accounts = [.. answers.Select(answer => Continue(known.GetValueOrDefault(answer.Node), answer, serving.Inspector.Self))];
    }

    private static PaxosAccount Continue(PaxosAccount? before, NodeAnswer<ProtocolPage> answer, NodeId self)
    {
        if (answer.Answer is not { } page)
        {
            return (before ?? new PaxosAccount(answer.Node)) with { IsSelf = answer.Node == self, Status = null, Problem = answer.Problem };
        }

        // A number that fell: the node's silo has started anew.
        var earlier = before is null || page.Last < before.Last ? [] : before.Events;
        ProtocolEvent[] events = [.. earlier, .. page.Events];
        return new(answer.Node)
        {
            IsSelf = answer.Node == self,
            Status = page.Status,
            Counts = page.Counts,
            Events = events.Length <= EventsKept ? events : events[^EventsKept..],
            Last = page.Last,
        };
    }
}

/// <summary>What one node told so far.</summary>
internal sealed record PaxosAccount(NodeId Node)
{
    public bool IsSelf { get; init; }

    /// <summary>Null when it did not answer the last time.</summary>
    public Runtime.Front.NodeStatus? Status { get; init; }

    public string? Problem { get; init; }

    /// <summary>How often each kind happened since the node began to look.</summary>
    public IReadOnlyList<long> Counts { get; init; } = [];

    /// <summary>The newest events.</summary>
    public IReadOnlyList<ProtocolEvent> Events { get; init; } = [];

    /// <summary>The number of the last one.</summary>
    public long Last { get; init; }
}
