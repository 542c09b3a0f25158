using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <content>Changing who votes, one acceptor at a time.</content>
public sealed partial class RegisterNode
{
    /// <summary>Adds an acceptor, or corrects its address. It must answer at <paramref name="address"/> as a node of this cluster.</summary>
    /// <exception cref="RegisterUnavailableException">It does not answer, or no majority does.</exception>
    public async Task AddAcceptorAsync(NodeId node, string address, CancellationToken cancellationToken = default)
    {
        if (Acceptors.Any(peer => peer.Node == node && peer.Address == address)
            && (await ReadAsync(cancellationToken)).Acceptors.Contains(new RegisterPeer(node, address)))
        {
            return;
        }

        // An acceptor that cannot answer counts in the majority all the same, so a wrong address could stop the register.
        await RequireAnswerAsync(node, address, cancellationToken);
        await UpdateAsync(
            state => state.Acceptors.Contains(new RegisterPeer(node, address)) ? null
                : state.WithAcceptors(state.Acceptors.Where(peer => peer.Node != node).Append(new RegisterPeer(node, address))),
            cancellationToken);
    }

    /// <summary>Removes an acceptor; nothing happens when it is none.</summary>
    /// <exception cref="InvalidOperationException">It is the last one.</exception>
    /// <exception cref="RegisterUnavailableException">No majority answered in time.</exception>
    public async Task RemoveAcceptorAsync(NodeId node, CancellationToken cancellationToken = default)
    {
        var (state, _) = await UpdateAsync(
            state => state.Acceptors.Length == 1 || state.Acceptors.All(peer => peer.Node != node) ? null
                : state.WithAcceptors(state.Acceptors.Where(peer => peer.Node != node)),
            cancellationToken);
        if (state.Acceptors.Any(peer => peer.Node == node))
        {
            throw new InvalidOperationException($"{node} is the register's last acceptor; without it the membership table would be lost.");
        }
    }

    /// <summary>
    /// Walks to an acceptor set one change at a time, additions first. Stops where it fails; call again to go on. Nothing happens
    /// when the set is in force already.
    /// </summary>
    /// <exception cref="RegisterUnavailableException">A new acceptor, or a majority, did not answer.</exception>
    public async Task SetAcceptorsAsync(
        IReadOnlyList<(NodeId Node, string Address)> acceptors, CancellationToken cancellationToken = default)
    {
        if (acceptors.Count == 0)
        {
            throw new InvalidOperationException("The register needs at least one acceptor.");
        }

        var state = await ReadAsync(cancellationToken);
        foreach (var (node, address) in acceptors.Where(peer => !state.Acceptors.Contains(new RegisterPeer(peer.Node, peer.Address))))
        {
            await AddAcceptorAsync(node, address, cancellationToken);
        }

        foreach (var peer in state.Acceptors.Where(peer => acceptors.All(wanted => wanted.Node != peer.Node)))
        {
            await RemoveAcceptorAsync(peer.Node, cancellationToken);
        }
    }

    private async Task RequireAnswerAsync(NodeId node, string address, CancellationToken cancellationToken)
    {
        if (node == Self && address == Address)
        {
            return;
        }

        // A listener that has just come up may be slow to answer the first time; one that stays silent is refused.
        var until = _time.GetUtcNow() + _options.OperationTimeout;
        while (true)
        {
            var problems = new List<string>();
            if (await TryHelloAsync(address, problems, askAsStranger: false, cancellationToken) is { } welcome)
            {
                if (welcome.ClusterId == ClusterId && welcome.Node == node)
                {
                    return;
                }

                throw new RegisterUnavailableException(
                    $"Node {node} cannot become an acceptor: at {address} is node {welcome.Node} of cluster {welcome.ClusterId}.");
            }

            if (_time.GetUtcNow() >= until)
            {
                throw new RegisterUnavailableException($"Node {node} cannot become an acceptor: {string.Join("; ", problems)}.");
            }

            await Task.Delay(AttachDelay, _time, cancellationToken);
        }
    }
}
