using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Placement;

/// <summary>
/// Finds the silo of a node: the active silo whose name is the node id, the newest generation where an old process still lingers.
/// Orleans' membership is a hint about who can be reached; it never decides a quorum.
/// </summary>
public sealed class NodeLocator(IClusterMembershipService membership)
{
    private volatile Found _found = new(null, []);

    /// <summary>The silo of the node that a grain's key names.</summary>
    /// <exception cref="DoozerUnavailableException">That node is not active now.</exception>
    public SiloAddress Locate(GrainId grain)
    {
        var key = grain.Key.ToString() ?? "";
        if (!NodeGrainKeys.TryParse(key, out _, out var node, out _))
        {
            throw new DoozerException(DoozerErrorCode.Other, $"the grain key '{key}' names no node");
        }

        // Not an OrleansException on purpose: the runtime would retry it for most of a second, while the caller has other nodes to ask.
        return Find(node) ?? throw new DoozerUnavailableException($"node {node} is not active in this cluster now");
    }

    /// <summary>The silo of a node; null when it is not active.</summary>
    public SiloAddress? Find(string node)
    {
        // Asked for each message; the membership changes a few times a day.
        var snapshot = membership.CurrentSnapshot;
        var found = _found;
        if (!ReferenceEquals(found.Snapshot, snapshot))
        {
            _found = found = new(snapshot, FindActive(snapshot));
        }

        return found.Silos.GetValueOrDefault(node);
    }

    /// <summary>The nodes that are active now.</summary>
    public IReadOnlyList<NodeId> ActiveNodes()
    {
        var nodes = new SortedSet<NodeId>();
        foreach (var member in membership.CurrentSnapshot.Members.Values)
        {
            if (member.Status == SiloStatus.Active && NodeId.TryParse(member.Name, out var node))
            {
                nodes.Add(node);
            }
        }

        return [.. nodes];
    }

    private static Dictionary<string, SiloAddress> FindActive(ClusterMembershipSnapshot snapshot)
    {
        var silos = new Dictionary<string, SiloAddress>(StringComparer.Ordinal);
        foreach (var member in snapshot.Members.Values)
        {
            if (member.Status == SiloStatus.Active
                && (!silos.TryGetValue(member.Name, out var newest) || member.SiloAddress.Generation > newest.Generation))
            {
                silos[member.Name] = member.SiloAddress;
            }
        }

        return silos;
    }

    private sealed record Found(ClusterMembershipSnapshot? Snapshot, Dictionary<string, SiloAddress> Silos);
}
