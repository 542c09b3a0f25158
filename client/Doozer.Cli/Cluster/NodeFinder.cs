using Doozer.Cli.Wire;

namespace Doozer.Cli.Cluster;

/// <summary>Finds the one node that an operator means by an id, the beginning of an id, or an address.</summary>
internal static class NodeFinder
{
    /// <exception cref="DoozerException">No node fits, or several do.</exception>
    internal static NodeState Find(ClusterState state, string who)
    {
        List<NodeState> known = [.. state.Nodes.Where(node => node.Id.Length > 0)];
        if (known.Find(node => node.Id == who) is { } exact)
        {
            return exact;
        }

        List<NodeState> found = known.FindAll(
            node => who.Length > 0 && node.Id.StartsWith(who, StringComparison.OrdinalIgnoreCase));
        if (found.Count == 0 && ServerAddress.TryParse(who, out ServerAddress address))
        {
            found = known.FindAll(node => node.IsAt(address));

            // An emptied node comes back under its old address with a new id: the one that is there now is meant.
            List<NodeState> present = found.FindAll(node => node.Health != NodeHealth.Gone);
            found = present.Count > 0 ? present : found;
        }

        return found.Count switch
        {
            1 => found[0],
            0 => throw new DoozerException($"no node \"{ServerError.Printable(who)}\" is known; 'doozer members' lists the nodes"),
            _ => throw new DoozerException(
                $"\"{who}\" may mean any of {string.Join(", ", found.Select(node => state.Short(node.Id)))}; give more of the id"),
        };
    }
}
