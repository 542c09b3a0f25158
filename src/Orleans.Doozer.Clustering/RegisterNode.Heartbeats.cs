using System.Collections.Immutable;
using System.Threading.Channels;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <content>
/// Signs of life, beside the register: written to and read from a majority of the acceptors' memories, so that a reader meets the
/// newest one, and no heartbeat costs a ballot or a sync.
/// </content>
public sealed partial class RegisterNode
{
    /// <summary>Notes that a silo is alive.</summary>
    /// <exception cref="RegisterUnavailableException">No majority answered in time.</exception>
    public async Task NoteAliveAsync(string silo, long ticks, CancellationToken cancellationToken = default)
    {
        if (!await ExchangeAsync([new SiloTime(silo, ticks)], [], cancellationToken))
        {
            throw new RegisterUnavailableException($"No majority of the register's {Acceptors.Count} acceptors took the sign of life of silo {silo}.");
        }
    }

    /// <summary>The newest sign of life of each silo; what could be had when no majority answers, since it is best effort.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ReadAliveAsync(CancellationToken cancellationToken = default)
    {
        var alive = new Dictionary<string, long>(StringComparer.Ordinal);
        await ExchangeAsync([], alive, cancellationToken);
        return alive;
    }

    private async Task<bool> ExchangeAsync(
        ImmutableArray<SiloTime> signs, Dictionary<string, long> alive, CancellationToken cancellationToken)
    {
        var acceptors = _known.Item2;
        if (acceptors.IsEmpty)
        {
            return false;
        }

        var quorum = new Quorum(new VotingConfiguration(acceptors.Select(peer => peer.Node)));
        var attempt = new Attempt(cancellationToken);
        var replies = Channel.CreateUnbounded<(NodeId From, RegisterReply Reply)>();
        var asked = acceptors.Select(peer => AskAsync(peer, new HeartbeatRequest(signs), replies.Writer, attempt));
        _ = Task.WhenAll(asked).ContinueWith(_ => replies.Writer.TryComplete(), TaskScheduler.Default);
        await foreach (var (from, reply) in replies.Reader.ReadAllAsync(cancellationToken))
        {
            if (reply is not HeartbeatReply heartbeat)
            {
                continue;
            }

            foreach (var sign in heartbeat.Alive)
            {
                alive[sign.Silo] = Math.Max(sign.Ticks, alive.GetValueOrDefault(sign.Silo));
            }

            if (quorum.Add(from))
            {
                return true;
            }
        }

        return false;
    }
}
