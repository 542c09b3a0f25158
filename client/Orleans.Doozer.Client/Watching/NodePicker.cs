namespace Orleans.Doozer;

/// <summary>Finds a node to watch at.</summary>
internal sealed class NodePicker(StoreCaller caller)
{
    /// <summary>The node where a front door stands, as long as it is not the one that just failed or one that refused. When all have
    /// refused, one of those, whose word is then the last. Null when nobody answers.</summary>
    public async Task<string?> PickAsync(string? failed, HashSet<string> refused, CancellationToken cancellationToken)
    {
        try
        {
            var route = await caller.RouteAsync(cancellationToken).ConfigureAwait(false);
            if (route.Node != failed && !refused.Contains(route.Node))
            {
                return route.Node;
            }

            string[] others = [.. route.Nodes.Where(node => node != failed && !refused.Contains(node))];
            return others.Length > 0 ? others[Random.Shared.Next(others.Length)] : route.Node;
        }
        catch (DoozerUnavailableException)
        {
            // A watch outlives a store that is away for a while.
            return null;
        }
    }
}
