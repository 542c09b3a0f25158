using System.Globalization;
using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// Who should hold the CAL slots, as a function of who holds them now, which voters fell silent and which nodes could vote. Each change
/// is a compare-and-set on its slot, so an operator's change that comes first stands.
/// </summary>
/// <remarks>
/// An even number of voters never survives more than one voter less does: 2k and 2k+1 need the same majority, k+1. So a silent voter is
/// replaced where somebody can take its place, and otherwise its slot is emptied only if an odd number is left: with three voters, one
/// of them silent, emptying would change no majority, and lose the store if another disk died before the silent node came back.
/// A node that gets a vote may have died a moment ago, before anybody could notice; so votes are added only where the store goes on
/// without one of the newcomers. Three voters with one of them silent do not become four: with one dead among four, and that newcomer,
/// nothing would ever be decided again.
/// </remarks>
internal static class VoterPlan
{
    /// <summary>Plans the next change.</summary>
    /// <param name="slots">All CAL slots, in order.</param>
    /// <param name="answering">Voters that answered a moment ago.</param>
    /// <param name="silent">Voters that were silent for too long, in order.</param>
    /// <param name="candidates">Nodes that could vote, the best first.</param>
    /// <param name="count">Up to how many slots to fill by adding slots.</param>
    /// <returns>The writes; none when all is as it should be.</returns>
    public static List<Command> Make(
        IReadOnlyList<VoterSlot> slots,
        IReadOnlyList<NodeId> answering,
        IReadOnlyList<NodeId> silent,
        IReadOnlyList<NodeId> candidates,
        int count)
    {
        var writes = new List<Command>();
        var waiting = new Queue<NodeId>(candidates);
        var held = slots.Where(slot => !slot.Voter.IsNone).DistinctBy(slot => slot.Voter).ToList();
        var lost = held.FindAll(slot => silent.Contains(slot.Voter));
        var voters = held.Count;

        var replaced = lost.Take(waiting.Count).ToList();
        replaced.ForEach(slot => writes.Add(Hold(slot, waiting.Dequeue())));
        var emptied = LeavingOdd(voters, -1, lost.Count - replaced.Count);
        writes.AddRange(lost.Skip(replaced.Count).Take(emptied).Select(slot => Hold(slot, NodeId.None)));
        voters -= emptied;

        // A node that holds two slots has one vote: the second is free, and must not keep a vote for a node that loses its first.
        var seconds = slots.Where(slot => !slot.Voter.IsNone && !held.Contains(slot))
            .ToLookup(slot => writes.Exists(write => write.Path == held.Find(first => first.Voter == slot.Voter).Path));
        writes.AddRange(seconds[true].Select(slot => Hold(slot, NodeId.None)));
        var empty = slots.Where(slot => slot.IsEmpty || seconds[false].Contains(slot)).ToList();
        var (filled, added) = Growth(voters, empty.Count, waiting.Count, Math.Max(count - slots.Count, 0), answering.Count + replaced.Count);
        empty.Take(filled).ToList().ForEach(slot => writes.Add(Hold(slot, waiting.Dequeue())));
        var taken = new SortedSet<string>(slots.Select(slot => slot.Path), StringComparer.Ordinal);
        for (; added > 0; added--)
        {
            writes.Add(Hold(new VoterSlot(FreePath(taken), Revision.Missing, NodeId.None, true), waiting.Dequeue()));
        }

        return writes;
    }

    /// <summary>How many empty slots to fill and how many slots to add.</summary>
    /// <param name="voters">How many voters there are, the newcomers that replace one included.</param>
    /// <param name="empty">How many slots are empty.</param>
    /// <param name="candidates">How many nodes could take one.</param>
    /// <param name="room">How many slots may be added.</param>
    /// <param name="alive">How many of the voters answered a moment ago.</param>
    private static (int Filled, int Added) Growth(int voters, int empty, int candidates, int room, int alive)
    {
        // All empty slots, if there is a node for each: whoever made them wanted that many.
        var odd = LeavingOdd(voters, 1, Math.Min(candidates, empty));
        foreach (var filled in candidates >= empty ? (int[])[empty, odd] : [odd])
        {
            var added = LeavingOdd(voters + filled, 1, Math.Min(room, candidates - filled));
            if (alive + filled + added - 1 > (voters + filled + added) / 2)
            {
                return (filled, added);
            }
        }

        return (0, 0);
    }

    /// <summary>No slot names a voter, so the last ones are still in force: gives them the empty slots, for otherwise no change of
    /// voters could ever be planned again.</summary>
    public static List<Command> Restore(IReadOnlyList<VoterSlot> slots, VotingConfiguration inForce) =>
        [.. slots.Where(slot => slot.IsEmpty).Zip(inForce.Voters, Hold)];

    /// <summary>The most steps, of those possible, after which the number of voters is odd; none if it cannot be made so.</summary>
    private static int LeavingOdd(int voters, int step, int possible)
    {
        var steps = (voters + (step * possible)) % 2 == 0 ? possible - 1 : possible;
        return Math.Max(steps, 0);
    }

    private static string FreePath(SortedSet<string> taken)
    {
        for (var number = 0; ; number++)
        {
            var path = ControlFiles.VotersDirectory + "/" + number.ToString(CultureInfo.InvariantCulture);
            if (taken.Add(path))
            {
                return path;
            }
        }
    }

    private static Command Hold(VoterSlot slot, NodeId node) =>
        new(null, WriteKind.Set, slot.Path, node.IsNone ? default : Encoding.UTF8.GetBytes(node.Value), slot.Revision);
}
