using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>One shipping replica and the least host that it works with: disk and network answer at once. For runs of millions of slots,
/// which the simulator is too slow for.</summary>
internal sealed class DirectNode
{
    private const int ChunkBytes = 1 << 20;
    private readonly DirectCluster _cluster;
    private readonly ReplicaOptions _options;
    private readonly SortedDictionary<Slot, AcceptedEntry> _journal = [];
    private IReadOnlyList<byte[]>? _base;

    public DirectNode(DirectCluster cluster, NodeId id, ReplicaOptions options, IReadOnlyList<byte[]>? genesis)
    {
        (_cluster, Id, _options, _base) = (cluster, id, options, genesis);
        Replica = new Replica(id, options, PersistedState.Empty, genesis is null ? null : SnapshotCodec.Decode(genesis), 1);
    }

    public NodeId Id { get; }

    public Replica Replica { get; }

    /// <summary>What is sent to it is lost.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>The longest that its log has been, in its journal.</summary>
    public long PeakEntries { get; private set; }

    /// <summary>The most that its log has taken in memory.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>How often it read its journal for another.</summary>
    public int JournalReads { get; private set; }

    public int Installs { get; private set; }

    public int Saves { get; private set; }

    public void Step(Func<Replica, Effects, Message?> input, NodeId from)
    {
        var effects = new Effects();
        var reply = input(Replica, effects);
        Write(effects.Writes);
        if (reply is JournalRead wanted)
        {
            reply = wanted.Answer with { Entries = [.. Read(wanted)] };
        }

        if (reply is not null)
        {
            _cluster.Send(Id, from, reply);
        }

        foreach (var outgoing in effects.Messages)
        {
            _cluster.Send(Id, outgoing.To, outgoing.Message);
        }

        PeakEntries = Math.Max(PeakEntries, _journal.Count);
        PeakBytes = Math.Max(PeakBytes, Replica.Acceptor.Log.Bytes);
        if (effects.SnapshotDue is { } slot)
        {
            var (state, configurations) = Replica.Capture(slot);
            _base = [.. SnapshotCodec.Encode(state, configurations, ChunkBytes)];
            Saves++;
            Step((replica, inner) =>
            {
                replica.SnapshotSaved(slot, inner);
                return null;
            }, Id);
        }

        if (effects.SnapshotFrom is { } source)
        {
            Install(_cluster.Find(source)._base!);
        }
    }

    /// <summary>The node as it would be after a restart: from its base snapshot and the log after it.</summary>
    public Replica Restarted()
    {
        var log = Replica.Acceptor.Log;
        return new Replica(Id, _options, new(Replica.Acceptor.Promised, log.TruncatedTo, Replica.Applied, [.. _journal.Values]), SnapshotCodec.Decode(_base!), 2);
    }

    private void Write(List<JournalWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write is AcceptWrite accept)
            {
                _journal[accept.Entry.Slot] = accept.Entry;
            }
            else if (write is TruncateWrite truncate)
            {
                while (_journal.Count > 0 && _journal.First().Key is var first && first <= truncate.TruncatedTo)
                {
                    _journal.Remove(first);
                }
            }
        }
    }

    private IEnumerable<AcceptedEntry> Read(JournalRead wanted)
    {
        JournalReads++;
        var bytes = 0L;
        for (var slot = wanted.From; slot <= wanted.To && (bytes += _journal[slot].Batch.Length) <= wanted.MaxBytes; slot = slot.Next)
        {
            yield return _journal[slot];
        }
    }

    private void Install(IReadOnlyList<byte[]> chunks)
    {
        Installs++;
        _base = chunks;
        _cluster.Chunks += chunks.Count;
        _cluster.LargestChunk = Math.Max(_cluster.LargestChunk, chunks.Max(chunk => chunk.Length));
        var snapshot = SnapshotCodec.Decode(chunks);
        Step((replica, effects) =>
        {
            replica.Install(snapshot, _cluster.NowMs, effects);
            return null;
        }, Id);
    }
}
