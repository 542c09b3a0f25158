using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>An acceptor's decision: the answer, and the votes that must be durable before the answer leaves.</summary>
/// <param name="Reply">What to answer.</param>
/// <param name="Votes">The votes after it; the same object as before when there is nothing to save.</param>
public readonly record struct RegisterDecision(RegisterReply Reply, RegisterVotes Votes);

/// <summary>
/// The rules of an acceptor of the register, as one pure function: votes and a request in, votes and an answer out. The caller saves
/// the votes, then sends the answer, then takes the next request; when saving fails it keeps the old votes and sends nothing.
/// </summary>
public static class RegisterAcceptor
{
    /// <summary>Decides about one request that says it is of cluster <paramref name="clusterId"/>.</summary>
    public static RegisterDecision Decide(RegisterVotes votes, string clusterId, RegisterRequest request)
    {
        // A node in no cluster has no vote to give; a vote in another cluster's round would join two logs into one.
        if (votes.ClusterId.Length == 0)
        {
            return new RegisterDecision(new RejectedReply($"node {votes.Node} has not joined a cluster yet"), votes);
        }

        if (!string.Equals(votes.ClusterId, clusterId, StringComparison.Ordinal))
        {
            var reason = $"node {votes.Node} belongs to cluster {votes.ClusterId} ('{votes.ClusterName}'), not to cluster {clusterId}";
            return new RegisterDecision(new RejectedReply(reason), votes);
        }

        return request switch
        {
            PrepareRequest prepare => Prepare(votes, prepare.Ballot),
            AcceptRequest accept => Accept(votes, accept),
            QueryRequest query => new(new HoldingReply(query.Id, votes.AcceptedBallot, votes.Accepted), votes),
            _ => throw new InvariantViolationException($"an acceptor knows no {request.GetType().Name}"),
        };
    }

    private static RegisterDecision Prepare(RegisterVotes votes, Ballot ballot)
    {
        // Whoever was promised a higher ballot may already have counted on nothing below it being accepted here.
        if (ballot < votes.Promised)
        {
            return new RegisterDecision(new RefusedReply(ballot, votes.Promised), votes);
        }

        // The same ballot again gets the same answer without a write: the network may deliver twice.
        var after = ballot == votes.Promised ? votes : votes with { Promised = ballot };
        return new RegisterDecision(new PromiseReply(ballot, after.AcceptedBallot, after.Accepted), after);
    }

    private static RegisterDecision Accept(RegisterVotes votes, AcceptRequest request)
    {
        if (request.Ballot < votes.Promised)
        {
            return new RegisterDecision(new RefusedReply(request.Ballot, votes.Promised), votes);
        }

        if (request.Ballot == votes.AcceptedBallot)
        {
            // One ballot carries one value: a second value under it means that a ballot was used twice, and nothing can be trusted then.
            Invariant.Require(votes.Accepted?.Number == request.State.Number, $"ballot {request.Ballot} carried two values");
            return new RegisterDecision(new AcceptedReply(request.Ballot), votes);
        }

        // Accepting is promising too: else a lower ballot could be accepted after this one.
        var after = votes with
        {
            Promised = request.Ballot,
            AcceptedBallot = request.Ballot,
            Accepted = request.State,
            KnownAcceptors = request.State.Acceptors,
            KnownVersion = request.State.AcceptorsVersion,
        };
        return new RegisterDecision(new AcceptedReply(request.Ballot), after);
    }
}
