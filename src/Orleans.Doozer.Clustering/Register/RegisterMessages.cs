using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>What a proposer asks an acceptor. Every request carries the cluster beside it; another cluster's is refused.</summary>
public abstract record RegisterRequest;

/// <summary>Phase 1: promise to accept nothing below <paramref name="Ballot"/>, and say what you accepted.</summary>
public sealed record PrepareRequest(Ballot Ballot) : RegisterRequest;

/// <summary>Phase 2: accept <paramref name="State"/> under <paramref name="Ballot"/>.</summary>
public sealed record AcceptRequest(Ballot Ballot, RegisterState State) : RegisterRequest;

/// <summary>Say what you accepted, and promise nothing: a read that costs no write.</summary>
/// <param name="Id">Returned with the answer, so that an answer to an earlier question is not taken for one to this.</param>
public sealed record QueryRequest(long Id) : RegisterRequest;

/// <summary>What an acceptor answers.</summary>
public abstract record RegisterReply;

/// <summary>The promise for <paramref name="Ballot"/> is durable; this is what the acceptor holds.</summary>
public sealed record PromiseReply(Ballot Ballot, Ballot AcceptedBallot, RegisterState? Accepted) : RegisterReply;

/// <summary>The value of <paramref name="Ballot"/> is durably accepted.</summary>
public sealed record AcceptedReply(Ballot Ballot) : RegisterReply;

/// <summary>A higher ballot was promised; the one asked for has lost here.</summary>
public sealed record RefusedReply(Ballot Ballot, Ballot Promised) : RegisterReply;

/// <summary>What the acceptor holds.</summary>
public sealed record HoldingReply(long Id, Ballot AcceptedBallot, RegisterState? Accepted) : RegisterReply;

/// <summary>The request is not for this node: another cluster's, or of a node that has joined none.</summary>
public sealed record RejectedReply(string Reason) : RegisterReply;
