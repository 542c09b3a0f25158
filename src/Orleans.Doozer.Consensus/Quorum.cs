namespace Orleans.Doozer.Consensus;

/// <summary>Counts the voters of one configuration that said yes to one thing, each once.</summary>
public sealed class Quorum(VotingConfiguration configuration)
{
    private readonly SortedSet<NodeId> _yes = [];

    /// <summary>Whose voters count.</summary>
    public VotingConfiguration Configuration { get; } = configuration;

    /// <summary>Whether a majority said yes.</summary>
    public bool IsReached => _yes.Count >= Configuration.QuorumSize;

    /// <summary>Whether <paramref name="node"/> said yes.</summary>
    public bool Has(NodeId node) => _yes.Contains(node);

    /// <summary>Counts a yes. A node that does not vote here is not counted, the same node twice counts once.</summary>
    /// <returns>Whether a majority has now said yes.</returns>
    public bool Add(NodeId node)
    {
        if (Configuration.Contains(node))
        {
            _yes.Add(node);
        }

        return IsReached;
    }
}
