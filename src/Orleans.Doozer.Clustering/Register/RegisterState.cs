using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>One acceptor of the register: who it is, and where its listener is. Votes are counted by <paramref name="Node"/>.</summary>
/// <param name="Node">The node; its identity for ever.</param>
/// <param name="Address">The <c>host:port</c> of its register listener; may change.</param>
public sealed record RegisterPeer(NodeId Node, string Address);

/// <summary>A silo and a time: a vote against another silo, or a sign of life.</summary>
/// <param name="Silo">The silo address as <c>SiloAddress.ToParsableString</c> prints it.</param>
/// <param name="Ticks">The time, UTC ticks.</param>
public readonly record struct SiloTime(string Silo, long Ticks);

/// <summary>One row of Orleans' membership table, in plain values so that the core needs no Orleans type.</summary>
/// <param name="Silo">The silo address as <c>SiloAddress.ToParsableString</c> prints it: the key.</param>
/// <param name="Etag">Changes with every change of this row.</param>
/// <param name="Status">Orleans' <c>SiloStatus</c> as a number.</param>
/// <param name="SiloName">The node's name.</param>
/// <param name="HostName">The machine.</param>
/// <param name="RoleName">Orleans' role, or null.</param>
/// <param name="ProxyPort">The gateway's port; 0 for none.</param>
/// <param name="UpdateZone">Orleans' update zone.</param>
/// <param name="FaultZone">Orleans' fault zone.</param>
/// <param name="StartTicks">When the silo started, UTC ticks.</param>
/// <param name="IAmAliveTicks">The heartbeat that came with the last change of the row; later ones travel beside the register.</param>
/// <param name="Suspects">The votes against it; null when Orleans gave none, which is not the same to it as an empty list.</param>
public sealed record MembershipRow(
    string Silo, string Etag, int Status, string? SiloName, string? HostName, string? RoleName, int ProxyPort,
    int UpdateZone, int FaultZone, long StartTicks, long IAmAliveTicks, ImmutableArray<SiloTime>? Suspects);

/// <summary>
/// The register's one value: the membership table, its version, and who the register's own acceptors are. Immutable.
/// </summary>
/// <param name="Number">Counts changes: each value is made from the one with the number before it.</param>
/// <param name="TableVersion">The table's version as Orleans counts it.</param>
/// <param name="TableEtag">Changes with <paramref name="TableVersion"/>.</param>
/// <param name="Rows">The table's rows by silo address, in order.</param>
/// <param name="AcceptorsVersion">Counts changes of <paramref name="Acceptors"/>.</param>
/// <param name="Acceptors">The register's acceptors in order of node.</param>
/// <param name="Recent">The marks of the latest changes, oldest first: how a proposer that lost an answer learns that its change held.</param>
public sealed record RegisterState(
    long Number, int TableVersion, string TableEtag, ImmutableSortedDictionary<string, MembershipRow> Rows,
    long AcceptorsVersion, ImmutableArray<RegisterPeer> Acceptors, ImmutableArray<long> Recent)
{
    /// <summary>How many marks are kept: more than the changes that can happen while one proposer retries.</summary>
    public const int RecentLimit = 64;

    /// <summary>The first value of a new register: an empty table at version 0 with its founder as the only acceptor.</summary>
    public static RegisterState Genesis(RegisterPeer founder) => new(
        0, 0, "0", ImmutableSortedDictionary.Create<string, MembershipRow>(StringComparer.Ordinal), 1, [founder], []);

    /// <summary>The acceptors as a set that votes.</summary>
    public VotingConfiguration Voters() => new(Acceptors.Select(peer => peer.Node));

    /// <summary>The same value with another acceptor set, which must differ from this one by one node or only in addresses.</summary>
    public RegisterState WithAcceptors(IEnumerable<RegisterPeer> acceptors) => this with
    {
        AcceptorsVersion = AcceptorsVersion + 1,
        Acceptors = [.. acceptors.OrderBy(peer => peer.Node)],
    };

    /// <summary>This value as the successor of <paramref name="previous"/> under the mark of the change that made it.</summary>
    public RegisterState After(RegisterState previous, long mark)
    {
        var recent = previous.Recent.Add(mark);
        return this with
        {
            Number = previous.Number + 1,
            Recent = recent.Length > RecentLimit ? recent.RemoveRange(0, recent.Length - RecentLimit) : recent,
        };
    }
}
