using System.Globalization;
using Doozer.Cli.Wire;

namespace Doozer.Cli.Cluster;

/// <summary>A change of the voters that has been judged safe: which slots to write, at which revisions.</summary>
/// <param name="Node">The node that gets a vote or loses it.</param>
/// <param name="Seen">All slots, as this was judged by.</param>
/// <param name="Slots">The slots to write, as they were seen; revision 0 for one that is to be created.</param>
/// <param name="Voters">Who votes afterwards.</param>
/// <param name="Warning">What the operator should know; null for nothing.</param>
internal sealed record MemberChange(
    NodeState Node, IReadOnlyList<VoteSlot> Seen, IReadOnlyList<VoteSlot> Slots, IReadOnlyList<string> Voters, string? Warning)
{
    /// <summary>So far behind a node would hold up the others: until it has caught up they are one voter fewer.</summary>
    private const long LagMax = 100;

    /// <summary>Judges giving a vote to a node.</summary>
    /// <exception cref="DoozerException">It is refused; the message says why and the remedy.</exception>
    internal static MemberChange Add(ClusterState state, string who, int? number, bool force)
    {
        NodeState node = NodeFinder.Find(state, who);
        string shortId = state.Short(node.Id);
        if (state.Slots.FirstOrDefault(slot => slot.Holder == node.Id) is { } held)
        {
            // It may have got its slot back while it was to be kept out: then that is what is left to undo.
            return node.Entry?.IsStandby == true
                ? new MemberChange(node, state.Slots, [], HoldersOf(state.Slots), Warning: null)
                : throw new DoozerException($"node {shortId} is a voter already: it holds {held.Path}");
        }

        VoteSlot target = ChooseSlot(state, number);
        if (!force)
        {
            RequireHealthy(state);
            RequireCaughtUp(node, shortId);
        }

        List<string> voters = [.. HoldersOf(state.Slots), node.Id];
        RequireQuorum(state, voters, "with", shortId, force);
        return new MemberChange(node, state.Slots, [target], voters, WarnIfEven(voters.Count));
    }

    /// <summary>Judges taking the vote of a node.</summary>
    /// <exception cref="DoozerException">It is refused; the message says why and the remedy.</exception>
    internal static MemberChange Remove(ClusterState state, string who, bool force)
    {
        NodeState node = NodeFinder.Find(state, who);
        string shortId = state.Short(node.Id);
        List<VoteSlot> held = [.. state.Slots.Where(slot => slot.Holder == node.Id)];
        if (held.Count == 0)
        {
            throw new DoozerException($"node {shortId} is no voter: it holds no slot; 'doozer members' lists those that do");
        }

        List<string> voters = HoldersOf(state.Slots);
        voters.Remove(node.Id);
        if (voters.Count == 0)
        {
            throw new DoozerException(
                $"node {shortId} is the last voter: without it nothing could ever be decided; add another voter first");
        }

        if (!force)
        {
            RequireHealthy(state);
        }

        RequireQuorum(state, voters, "without", shortId, force);
        return new MemberChange(node, state.Slots, held, voters, WarnIfEven(voters.Count));
    }

    private static List<string> HoldersOf(IReadOnlyList<VoteSlot> slots) =>
        [.. slots.Select(slot => slot.Holder).Where(holder => holder.Length > 0).Distinct()];

    private static VoteSlot ChooseSlot(ClusterState state, int? number)
    {
        if (number is null)
        {
            int next = state.Slots.Max(slot => slot.Number) + 1 ?? 0;
            return state.Slots.FirstOrDefault(slot => slot.Holder.Length == 0) ?? Unused(next);
        }

        VoteSlot chosen = state.Slots.FirstOrDefault(slot => slot.Number == number) ?? Unused(number.Value);
        return chosen.Holder.Length == 0
            ? chosen
            : throw new DoozerException(
                $"{chosen.Path} is held by node {state.Short(chosen.Holder)}; remove that one first, or leave out --slot");
    }

    private static VoteSlot Unused(int number) => new(number.ToString(CultureInfo.InvariantCulture), "", DoozerRevision.Missing);

    private static void RequireHealthy(ClusterState state)
    {
        if (!state.IsHealthy)
        {
            throw new DoozerException(
                $"the voters cannot decide a change now ({state.Summary}); "
                + "start those that are down, or try nevertheless with --force");
        }
    }

    private static void RequireCaughtUp(NodeState node, string shortId)
    {
        string? problem = node.Health switch
        {
            NodeHealth.Joining => "has not copied the store yet; wait until 'doozer status' shows it healthy",
            NodeHealth.Unreachable or NodeHealth.Gone => $"is not reachable from here ({node.Reason}); start it",
            NodeHealth.Behind when node.Lag > LagMax =>
                string.Create(CultureInfo.InvariantCulture, $"is {node.Lag} revisions behind; wait until it has caught up"),
            _ => null,
        };
        if (problem is not null)
        {
            throw new DoozerException($"node {shortId} {problem}, or add it nevertheless with --force");
        }
    }

    private static void RequireQuorum(ClusterState state, List<string> voters, string how, string shortId, bool force)
    {
        int reachable = voters.Count(state.IsReachable);
        if (!force && reachable < (voters.Count / 2) + 1)
        {
            throw new DoozerException(
                $"{how} node {shortId} only {reachable} of {voters.Count} voters would be reachable, no majority: nothing could be "
                + "decided any more; start the others first, or do it nevertheless with --force");
        }
    }

    private static string? WarnIfEven(int count) =>
        count % 2 == 0 ? $"{count} voters survive no more failures than {count - 1} would; an odd number is better" : null;
}
