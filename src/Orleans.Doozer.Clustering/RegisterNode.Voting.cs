using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <content>The acceptor's side: votes one request at a time, saves, then answers.</content>
public sealed partial class RegisterNode
{
    private async Task<RegisterReply> HandleAsync(string clusterId, NodeId to, RegisterRequest request, CancellationToken cancellationToken)
    {
        // Addresses change hands. A vote given for another node would be counted as that one's, beside one's own.
        if (!to.IsNone && to != Self)
        {
            return new RejectedReply($"node {Self} is here now, not {to}");
        }

        switch (request)
        {
            case HelloRequest hello:
                if (ClusterId.Length > 0 && clusterId == ClusterId)
                {
                    NoteAddress(hello.Node, hello.Address);
                }

                var known = _known;
                return new WelcomeReply(_votes.ClusterId, ClusterName, Self, known.Item1, known.Item2, _instance);
            case HeartbeatRequest or ReadRequest when Refusal(clusterId) is { } refusal:
                return refusal;
            case HeartbeatRequest heartbeat:
                return new HeartbeatReply(_heartbeats.Exchange(heartbeat.Alive));
            case ReadRequest:
                return new ReadReply(await ReadAsync(cancellationToken));
            default:
                return await VoteAsync(clusterId, request, cancellationToken);
        }
    }

    // A reader that counts no votes may leave the cluster open: it attaches to whatever answers at the address it was given.
    private RejectedReply? Refusal(string clusterId) =>
        ClusterId.Length > 0 && (clusterId.Length == 0 || clusterId == ClusterId) ? null
        : new RejectedReply($"node {Self} belongs to cluster {(ClusterId.Length == 0 ? "none yet" : ClusterId)}, not to cluster {clusterId}");

    private async Task<RegisterReply> VoteAsync(string clusterId, RegisterRequest request, CancellationToken cancellationToken)
    {
        await _voting.WaitAsync(cancellationToken);
        try
        {
            if (_broken)
            {
                return new RejectedReply($"node {Self} stopped voting: an invariant broke, see its log");
            }

            var decision = RegisterAcceptor.Decide(_votes, clusterId, request);
            if (!ReferenceEquals(decision.Votes, _votes))
            {
                // Saved whole or not at all from here: a caller that goes away must not tear the write.
                await _options.Storage.SaveAsync(decision.Votes, CancellationToken.None);
                _votes = decision.Votes;
                Learn(decision.Votes.Accepted);
            }

            return decision.Reply;
        }
        catch (InvariantViolationException exception)
        {
            // A vote of a node that contradicts itself could let two values be decided; a missing vote only costs availability.
            _broken = true;
            _logger.InvariantBroken(exception);
            throw;
        }
        finally
        {
            _voting.Release();
        }
    }

    private async Task SaveAsync(RegisterVotes votes, CancellationToken cancellationToken)
    {
        await _voting.WaitAsync(cancellationToken);
        try
        {
            await _options.Storage.SaveAsync(votes, CancellationToken.None);
            _votes = votes;
        }
        finally
        {
            _voting.Release();
        }
    }

    // Where the acceptors are outlives a restart also on a node that does not vote, which may know nobody else to ask.
    private async Task RememberAcceptorsAsync(CancellationToken cancellationToken)
    {
        var known = _known;
        if (known.Item1 <= _votes.KnownVersion)
        {
            return;
        }

        await _voting.WaitAsync(cancellationToken);
        try
        {
            if (known.Item1 > _votes.KnownVersion)
            {
                var votes = _votes with { KnownVersion = known.Item1, KnownAcceptors = known.Item2 };
                await _options.Storage.SaveAsync(votes, CancellationToken.None);
                _votes = votes;
            }
        }
        finally
        {
            _voting.Release();
        }
    }
}
