using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>Asks a listener who it is; the one request that needs no cluster id.</summary>
/// <param name="Node">Who asks; nobody when it is none of the cluster.</param>
/// <param name="Address">Where the asking node's own listener is now: how nodes that all moved find each other again.</param>
public sealed record HelloRequest(NodeId Node = default, string Address = "") : RegisterRequest;

/// <summary>Who a listener is.</summary>
/// <param name="ClusterId">Its cluster; empty while it has joined none.</param>
/// <param name="ClusterName">The cluster's name.</param>
/// <param name="Node">The node.</param>
/// <param name="KnownVersion">The version of the acceptor set that it knows.</param>
/// <param name="KnownAcceptors">That set: a hint where to look.</param>
/// <param name="Instance">Drawn anew by each process: tells a node from another that runs on a copy of its data.</param>
public sealed record WelcomeReply(
    string ClusterId, string ClusterName, NodeId Node, long KnownVersion, ImmutableArray<RegisterPeer> KnownAcceptors, long Instance) : RegisterReply;

/// <summary>Notes that silos are alive, and asks for all that were noted. Beside the register: in memory, and best effort.</summary>
public sealed record HeartbeatRequest(ImmutableArray<SiloTime> Alive) : RegisterRequest;

/// <summary>The silos that were noted alive, and when.</summary>
public sealed record HeartbeatReply(ImmutableArray<SiloTime> Alive) : RegisterReply;

/// <summary>Asks a node to read the register for a client that counts no votes itself.</summary>
public sealed record ReadRequest : RegisterRequest;

/// <summary>The decided value.</summary>
public sealed record ReadReply(RegisterState State) : RegisterReply;
