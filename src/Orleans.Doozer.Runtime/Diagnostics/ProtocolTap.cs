using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Diagnostics;

/// <summary>
/// The last events of one store's protocol on this node. It is off, and then costs the look at one field for each message, until
/// somebody reads it; it goes off again, and forgets, when nobody has read it for a while.
/// </summary>
internal sealed class ProtocolTap(TimeProvider time)
{
    /// <summary>How many events are kept.</summary>
    public const int Kept = 2048;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly int Kinds = Enum.GetValues<ProtocolKind>().Length;
    private readonly Lock _lock = new();
    private long[] _counts = [];
    private ProtocolEvent[] _ring = [];
    private long _last;
    private long _readAt;
    private volatile bool _isOn;

    /// <summary>Whether anybody looks: ask before anything is put together for it.</summary>
    public bool IsOn => _isOn;

    /// <summary>The newest events after a number, and the counts. Turns it on.</summary>
    public (long[] Counts, ProtocolEvent[] Events, long Last) Read(long after, int limit)
    {
        lock (_lock)
        {
            _readAt = time.GetTimestamp();
            if (!_isOn)
            {
                _ring = new ProtocolEvent[Kept];
                _counts = new long[Kinds];
                _isOn = true;
            }

            // A number from before the node's last start may be higher than any it has given out since.
            var known = after > _last ? 0 : after;
            var first = Math.Max(Math.Max(known + 1, _last - Math.Min(limit, Kept) + 1), 1);
            var events = new List<ProtocolEvent>();
            for (var number = first; number <= _last; number++)
            {
                // What was told before it went off is forgotten.
                if (_ring[number % Kept] is { } kept)
                {
                    events.Add(kept);
                }
            }

            return ([.. _counts], [.. events], _last);
        }
    }

    /// <summary>Goes off when nobody looks any more; called now and then.</summary>
    public void Expire()
    {
        if (!_isOn)
        {
            return;
        }

        lock (_lock)
        {
            if (time.GetElapsedTime(_readAt) > Patience)
            {
                _isOn = false;
                _ring = [];
                _counts = [];
            }
        }
    }

    public void Sent(NodeId to, Message message) => Add(Describe(message), incoming: false, to);

    public void Received(NodeId from, Message message) => Add(Describe(message), incoming: true, from);

    public void Decided(Slot slot) => Add(new() { Kind = ProtocolKind.Decided, Slot = slot });

    public void LeaderChanged(NodeId leader, Ballot ballot) =>
        Add(new() { Kind = ProtocolKind.Leader, Peer = leader, Ballot = ballot });

    public void VotersChanged(VotingConfiguration? voters, Slot from) =>
        Add(new() { Kind = ProtocolKind.Voters, Voters = voters?.Voters ?? [], Slot = from });

    /// <summary>What a message is; null for one that nobody here knows, which must not stop the node.</summary>
    internal static ProtocolEvent? Describe(Message message) => message switch
    {
        PreVote => new() { Kind = ProtocolKind.PreVote },
        PreVoteReply reply => new() { Kind = ProtocolKind.PreVoteReply, IsGranted = reply.Granted },
        Prepare prepare => new() { Kind = ProtocolKind.Prepare, Ballot = prepare.Ballot, Slot = prepare.From },
        Promise promise => new()
        {
            Kind = ProtocolKind.Promise,
            Ballot = promise.Ballot,
            Slot = promise.From,
            Entries = promise.Entries.Length,
        },
        Accept accept => new()
        {
            Kind = ProtocolKind.Accept,
            Ballot = accept.Entry.Ballot,
            Slot = accept.Entry.Slot,
            Bytes = accept.Entry.Batch.Length,
        },
        Accepted accepted => new() { Kind = ProtocolKind.Accepted, Ballot = accepted.Ballot, Slot = accepted.Slot },
        Rejected rejected => new() { Kind = ProtocolKind.Rejected, Ballot = rejected.Ballot, Promised = rejected.Promised },
        AlreadyDecided already => new()
        {
            Kind = ProtocolKind.AlreadyDecided,
            Ballot = already.Ballot,
            Slot = already.ReleasedTo,
        },
        Fetch fetch => new() { Kind = ProtocolKind.Fetch, Slot = fetch.From },
        Fetched fetched => new() { Kind = ProtocolKind.Fetched, Slot = fetched.DecidedTo, Entries = fetched.Entries.Length },
        Heartbeat => new() { Kind = ProtocolKind.Heartbeat },
        HeartbeatReply => new() { Kind = ProtocolKind.HeartbeatReply },
        HighestAcceptedQuery => new() { Kind = ProtocolKind.HighestAcceptedQuery },
        HighestAccepted => new() { Kind = ProtocolKind.HighestAccepted },
        AppliedQuery => new() { Kind = ProtocolKind.AppliedQuery },
        AppliedReply => new() { Kind = ProtocolKind.AppliedReply },
        _ => null,
    };

    private void Add(ProtocolEvent? happened, bool incoming, NodeId peer)
    {
        if (happened is not null)
        {
            Add(happened with { IsIncoming = incoming, Peer = peer });
        }
    }

    private void Add(ProtocolEvent happened)
    {
        lock (_lock)
        {
            if (!_isOn)
            {
                return;
            }

            _counts[(int)happened.Kind]++;

            // They come several times a second whatever happens, and would push everything else out.
            if (happened.Kind < ProtocolKind.Heartbeat)
            {
                _last++;
                _ring[_last % Kept] = happened with { Number = _last, At = time.GetUtcNow() };
            }
        }
    }
}
