using System.Collections.Immutable;

namespace Orleans.Doozer.Clustering;

/// <summary>Who keeps the register in an application's own cluster, as pure changes of its value; null means that nothing is to change.</summary>
internal static class AcceptorChanges
{
    /// <summary>Adds an acceptor while there are fewer than wanted, or corrects the address of one that moved.</summary>
    public static RegisterState? Join(RegisterState state, RegisterPeer self, int wanted)
    {
        if (state.Acceptors.Contains(self))
        {
            return null;
        }

        var others = state.Acceptors.Where(peer => peer.Node != self.Node).ToList();
        return others.Count < state.Acceptors.Length || others.Count < wanted ? state.WithAcceptors(others.Append(self)) : null;
    }

    /// <summary>Removes one acceptor whose silo has been dead for so long, when there is a silo to take its place.</summary>
    public static RegisterState? DropDead(
        RegisterState state, RegisterPeer replacement, int wanted, IReadOnlyDictionary<string, long> alive, long before)
    {
        if (state.Acceptors.Length < Math.Max(wanted, 2) || state.Acceptors.Any(peer => peer.Node == replacement.Node))
        {
            return null;
        }

        var dead = state.Acceptors.FirstOrDefault(peer => IsDead(state, peer, alive, before));
        return dead is null ? null : state.WithAcceptors(state.Acceptors.Where(peer => peer != dead));
    }

    // An acceptor without any row is none that the table can say something about.
    private static bool IsDead(RegisterState state, RegisterPeer peer, IReadOnlyDictionary<string, long> alive, long before)
    {
        var rows = state.Rows.Values.Where(row => row.SiloName == peer.Node.Value).ToImmutableArray();
        return !rows.IsEmpty && rows.All(row => row.Status == (int)SiloStatus.Dead && MembershipRows.LastSign(row, alive) < before);
    }
}
