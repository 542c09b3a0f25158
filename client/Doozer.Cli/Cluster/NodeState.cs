using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Cluster;

/// <summary>What a node is in its cluster.</summary>
internal enum NodeRole
{
    Leader,
    Voter,
    Follower,

    /// <summary>A follower whose vote was taken by hand.</summary>
    Standby,

    /// <summary>It does not vote, and whether it will ever come back nobody can tell.</summary>
    None,
}

/// <summary>How a node is.</summary>
internal enum NodeHealth
{
    Healthy,

    /// <summary>It lacks revisions that another node had before it was asked.</summary>
    Behind,

    /// <summary>It has not copied the store yet.</summary>
    Joining,

    Unreachable,

    /// <summary>Unreachable, and no voter: perhaps retired long ago.</summary>
    Gone,
}

/// <summary>One node, as the others and its own word show it.</summary>
/// <param name="Id">Its id; empty for an address where no node is known.</param>
internal sealed record NodeState(string Id, string Address)
{
    internal NodeRole Role { get; init; }

    internal NodeHealth Health { get; init; }

    /// <summary>Why it is unreachable.</summary>
    internal string Reason { get; init; } = "";

    /// <summary>How many revisions it lacks.</summary>
    internal long Lag { get; init; }

    /// <summary>What it wrote about itself; null for a node that has not, yet.</summary>
    internal NodeEntry? Entry { get; init; }

    /// <summary>What it says now; null when it is unreachable.</summary>
    internal StatusReport? Report { get; init; }

    /// <summary>Whether it votes on the next slot of the log.</summary>
    internal bool Votes { get; init; }

    internal bool IsReachable => Report is not null;

    internal string Version => Report?.Version ?? Entry?.Version ?? "";

    internal string HostName => Report?.Hostname ?? Entry?.HostName ?? "";

    internal bool IsAt(ServerAddress address) =>
        ServerAddress.TryParse(Address, out ServerAddress own) && own == address;
}
