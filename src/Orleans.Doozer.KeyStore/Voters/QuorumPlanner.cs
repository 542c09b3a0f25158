using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>Chooses which nodes should vote: so that as few voters as possible share a zone, then a host; the fault that takes one of
/// these away then takes few votes with it.</summary>
internal static class QuorumPlanner
{
    /// <summary>Orders candidates, the best first, each counted as a voter for those after it.</summary>
    /// <param name="view">Tells each node's zone and host.</param>
    /// <param name="voters">Who votes already.</param>
    /// <param name="candidates">Who could.</param>
    public static List<NodeId> Order(StoreView view, IReadOnlyList<NodeId> voters, IReadOnlyList<NodeId> candidates)
    {
        var zones = voters.Select(node => Place(view, node, "zone")).ToList();
        var hosts = voters.Select(node => Place(view, node, "hostname")).ToList();
        var left = candidates.Order().ToList();
        var ordered = new List<NodeId>();
        while (left.Count > 0)
        {
            var best = left.MinBy(node => (Count(zones, Place(view, node, "zone")), Count(hosts, Place(view, node, "hostname")), node));
            left.Remove(best);
            ordered.Add(best);
            zones.Add(Place(view, best, "zone"));
            hosts.Add(Place(view, best, "hostname"));
        }

        return ordered;
    }

    // A node that tells no zone shares none.
    private static int Count(List<string> places, string place) => place.Length == 0 ? 0 : places.Count(other => other == place);

    private static string Place(StoreView view, NodeId node, string name) => ControlFiles.Text(view, ControlFiles.NodeFile(node, name)) ?? "";
}
