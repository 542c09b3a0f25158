using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>
/// What a register node must not forget: its cluster, its promise, what it accepted, and where it last knew the acceptors to be.
/// </summary>
/// <param name="Node">Whose votes these are: a copy of them under another identity would let one vote count twice.</param>
/// <param name="ClusterId">The cluster; empty while the node has joined none.</param>
/// <param name="ClusterName">The cluster's name.</param>
/// <param name="Promised">No ballot below it may be accepted.</param>
/// <param name="AcceptedBallot">The ballot of <paramref name="Accepted"/>; <see cref="Ballot.Zero"/> for none.</param>
/// <param name="Accepted">The value accepted last, or null.</param>
/// <param name="KnownAcceptors">A hint where to look first; never a reason to count a vote.</param>
/// <param name="KnownVersion">The acceptor set's version that the hint is of.</param>
public sealed record RegisterVotes(
    NodeId Node, string ClusterId, string ClusterName, Ballot Promised, Ballot AcceptedBallot, RegisterState? Accepted,
    ImmutableArray<RegisterPeer> KnownAcceptors, long KnownVersion)
{
    /// <summary>A node that has voted for nothing and joined nothing.</summary>
    public static RegisterVotes Empty(NodeId node) => new(node, "", "", Ballot.Zero, Ballot.Zero, null, [], 0);

    /// <summary>
    /// The votes that found a cluster. The founder is the whole acceptor set, so what it accepts is decided: it needs no round.
    /// </summary>
    public static RegisterVotes Founding(RegisterPeer founder, string clusterId, string clusterName)
    {
        var ballot = Ballot.Zero.NextFor(founder.Node);
        var state = RegisterState.Genesis(founder);
        return new RegisterVotes(founder.Node, clusterId, clusterName, ballot, ballot, state, state.Acceptors, state.AcceptorsVersion);
    }
}
