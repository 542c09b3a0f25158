using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>The sabotage that is done to messages, and none otherwise.</summary>
internal sealed class Mangler(World world)
{
    /// <summary>What a node gets to see of an arriving message.</summary>
    public IEnumerable<Message> Arrives(SimNode node, Message message)
    {
        if (world.Sabotage == Sabotage.LearnerMixesBallots && message is Heartbeat heartbeat && node.HasState)
        {
            var own = node.Replica!.Acceptor.Log.Page(node.Replica.Applied.Next, heartbeat.DecidedTo, 1 << 20).Entries;
            yield return new Fetched(own, heartbeat.DecidedTo, false, NodeId.None, Ballot.Zero);
        }

        if (world.Sabotage == Sabotage.LearnerSkipsHole && message is Fetched { Entries.Length: > 1 } fetched)
        {
            yield return fetched with { Entries = [.. fetched.Entries.Skip(1).Select(entry => entry with { Slot = new(entry.Slot.Value - 1) })] };
            yield break;
        }

        yield return world.Sabotage == Sabotage.AcceptAnnouncesItself && message is Accept accept
            ? accept with { DecidedTo = accept.Entry.Slot }
            : message;
    }

    /// <summary>What an acceptor that does not look at its promise makes of a refusal.</summary>
    public Message? Replies(SimNode node, Message message, Message? reply, Effects effects)
    {
        if (world.Sabotage != Sabotage.AcceptsBelowPromise || message is not Accept { Entry: var entry } || reply is not Rejected)
        {
            return reply;
        }

        var log = node.Replica!.Acceptor.Log;
        if (entry.Slot <= log.ReleasedTo || log[entry.Slot] is { } held && held.Ballot >= entry.Ballot)
        {
            return reply;
        }

        log.Put(entry);
        effects.Writes.Add(new AcceptWrite(entry));
        return new Accepted(entry.Ballot, entry.Slot);
    }

    /// <summary>What leaves a node as its answer.</summary>
    public Message Leaves(SimNode node, Message reply) => (world.Sabotage, reply) switch
    {
        (Sabotage.PromiseHidesHighestVote, Promise { Entries.Length: > 0 } promise) =>
            promise with { Entries = promise.Entries[..^1], More = false },
        (Sabotage.HandoverSkipped, AppliedReply) => new AppliedReply(new Slot(long.MaxValue / 2)),
        (Sabotage.FetchedHandsOutUndecided, Fetched { SnapshotNeeded: false } fetched) =>
            fetched with
            {
                Entries = [.. fetched.Entries, .. node.Replica!.Acceptor.Log.Page(
                    fetched.DecidedTo.Next, new(long.MaxValue), 1 << 20).Entries],
            },
        _ => reply,
    };

    /// <summary>Whether the host makes an answer up instead of sending.</summary>
    public bool AnsweredLocally(SimNode node, Outgoing outgoing, Queue<Outgoing> loop)
    {
        switch (world.Sabotage, outgoing.Message)
        {
            case (Sabotage.ReadAsksNobody, HighestAcceptedQuery query):
                var own = new HighestAccepted(query.Round, node.Replica!.Acceptor.Log.Highest);
                node.RunLater(0, () => node.Receive(world.Find(outgoing.To)!, 0, own));
                return true;
            case (Sabotage.VoteInvented, Accept accept):
                var vote = new Accepted(accept.Entry.Ballot, accept.Entry.Slot);
                node.RunLater(0, () => node.Receive(world.Find(outgoing.To)!, 0, vote));
                return false;
            default:
                return false;
        }
    }
}
