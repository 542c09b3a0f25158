using System.Text.Json;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Diagnostics;

namespace Orleans.Doozer.Viewer.Feeds;

/// <summary>What one page was told of the protocol: each event once, each count from its last frame on.</summary>
internal sealed class PaxosCursor
{
    private const int EventsPerNode = 400;
    private static readonly string[] Names =
        [.. Enum.GetNames<ProtocolKind>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    private readonly Dictionary<NodeId, (long Last, IReadOnlyList<long> Counts)> _told = [];

    public PaxosFrame Next(IReadOnlyList<PaxosAccount> accounts, DateTimeOffset now)
    {
        var nodes = accounts.Select(Next).ToList();
        foreach (var gone in _told.Keys.Except(accounts.Select(account => account.Node)).ToList())
        {
            _told.Remove(gone);
        }

        return new("paxos", now.ToUnixTimeMilliseconds(), nodes);
    }

    private PaxosNode Next(PaxosAccount account)
    {
        var node = new PaxosNode
        {
            Node = account.Node.Value,
            Self = account.IsSelf,
            Reachable = account.Status is not null,
            Problem = account.Problem,
        };
        if (account.Status is not { } status)
        {
            return node;
        }

        // At first: what is kept. After the node's silo started anew its numbers and counts begin again.
        var told = _told.TryGetValue(account.Node, out var before) && before.Last <= account.Last
            ? before
            : (Last: account.Last - account.Events.Count, Counts: account.Counts);
        var fresh = account.Events.Where(happened => happened.Number > told.Last).TakeLast(EventsPerNode).Select(Describe).ToList();
        _told[account.Node] = (account.Last, account.Counts);
        return node with
        {
            Leader = NodeQuestion.NameOf(status.Leader),
            Ballot = NodeQuestion.NameOf(status.Ballot),
            Promised = NodeQuestion.NameOf(status.Promised),
            Accepted = status.Accepted.Value,
            Decided = status.Decided.Value,
            Applied = status.Applied.Value,
            Voter = status.IsVoter,
            Counts = Subtract(account.Counts, told.Counts),
            Dropped = account.Last - told.Last - fresh.Count,
            Events = fresh,
        };
    }

    private static Dictionary<string, long> Subtract(IReadOnlyList<long> now, IReadOnlyList<long> before)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var kind = 0; kind < Math.Min(now.Count, Names.Length); kind++)
        {
            // They begin at 0 again when the node had stopped to look.
            var count = kind < before.Count && now[kind] >= before[kind] ? now[kind] - before[kind] : now[kind];
            if (count > 0)
            {
                counts.Add(Names[kind], count);
            }
        }

        return counts;
    }

    private static PaxosEvent Describe(ProtocolEvent happened) => new(
        happened.Number,
        happened.At.ToUnixTimeMilliseconds(),
        // A newer version may know kinds that this one does not.
        (int)happened.Kind < Names.Length ? Names[(int)happened.Kind] : "unknown",
        happened.IsIncoming is { } incoming ? incoming ? "in" : "out" : null,
        NodeQuestion.NameOf(happened.Peer),
        NodeQuestion.NameOf(happened.Ballot),
        happened.Slot == Slot.Zero ? null : happened.Slot.Value,
        NodeQuestion.NameOf(happened.Promised),
        happened.Bytes,
        happened.Entries,
        happened.IsGranted,
        happened.Voters is { } voters ? [.. voters.Select(voter => voter.Value)] : null);
}
