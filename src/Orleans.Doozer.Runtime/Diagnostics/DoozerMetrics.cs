using System.Diagnostics.Metrics;
using Orleans.Doozer.Runtime.Front;

namespace Orleans.Doozer.Runtime.Diagnostics;

/// <summary>
/// A node's numbers, under the meter <c>Orleans.Doozer</c>. Nothing is counted while nobody listens, and counting allocates nothing.
/// It may outlive the silo: a host that restarts its silo inside the process goes on counting.
/// </summary>
public sealed class DoozerMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Orleans.Doozer";

    /// <summary>Seconds that writes took at this node's front door, with what became of them (<c>outcome</c>).</summary>
    public const string WriteDuration = "doozer.write.duration";

    /// <summary>Seconds that reads took at this node's front door.</summary>
    public const string ReadDuration = "doozer.read.duration";

    /// <summary>Seconds that the journal's syncs took.</summary>
    public const string SyncDuration = "doozer.journal.sync.duration";

    /// <summary>Events that watches on this node were handed.</summary>
    public const string WatchEvents = "doozer.watch.events";

    /// <summary>The tag of <see cref="WriteDuration"/> and <see cref="ReadDuration"/>.</summary>
    public const string OutcomeTag = "outcome";

    /// <summary>Its value for what was done.</summary>
    public const string OutcomeOk = "ok";

    // From a tenth of a millisecond, a read in memory, to the 10 seconds after which a request is given up.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries =
            [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly Histogram<double> _writes;
    private readonly Histogram<double> _reads;
    private readonly Histogram<double> _syncs;
    private readonly Counter<long> _watchEvents;
    private readonly Counter<long> _leaderChanges;
    private readonly Counter<long> _rejected;
    private volatile Func<IEnumerable<NodeStatus>>? _stores;

    /// <summary>Makes the meter.</summary>
    public DoozerMetrics()
    {
        Meter = new Meter(new MeterOptions(MeterName) { Scope = this });
        _writes = Meter.CreateHistogram(WriteDuration, "s", "Writes at this node's front door.", null, Buckets);
        _reads = Meter.CreateHistogram(ReadDuration, "s", "Reads at this node's front door.", null, Buckets);
        _syncs = Meter.CreateHistogram(SyncDuration, "s", "Syncs of the node's journal.", null, Buckets);
        _watchEvents = Meter.CreateCounter<long>(WatchEvents, description: "Events that watches on this node were handed.");
        _leaderChanges = Meter.CreateCounter<long>("doozer.leader.changes", description: "Changes of the leader or its ballot that this node saw.");
        _rejected = Meter.CreateCounter<long>("doozer.ballots.rejected", description: "Rejections of this node's ballots.");
        Gauge("doozer.store.revision", "The newest revision here.", status => status.Revision.Value);
        Gauge("doozer.store.revision.oldest", "The oldest revision whose changes are kept.", status => status.OldestRevision.Value);
        Gauge("doozer.store.files", "Files in the store.", status => status.Files);
        Gauge("doozer.store.bytes", "Bytes of all paths and values.", status => status.Bytes);
        Gauge("doozer.slot.applied", "The last slot applied here.", status => status.Applied.Value);
        Gauge("doozer.slot.decided", "The highest slot that this node knows to be decided.", status => status.Decided.Value);
        Gauge("doozer.slot.accepted", "The highest slot in this node's acceptor.", status => status.Accepted.Value);
        Gauge("doozer.ballot.round", "The round of the leader's ballot.", status => status.BallotRound);
        Gauge("doozer.joined", "1 when the node follows the store.", status => status.HasJoined ? 1 : 0);
        Gauge("doozer.voter", "1 when the node votes.", status => status.IsVoter ? 1 : 0);
        Gauge("doozer.leader", "1 when the node leads.", status => status.Leader == status.Node ? 1 : 0);
        Gauge("doozer.leader.known", "1 when the node knows who leads.", status => status.Leader.IsNone ? 0 : 1);
        Gauge("doozer.behind", "1 when the node lacks decided slots that it knows of.", status => status.IsBehind ? 1 : 0);
    }

    /// <summary>The meter: whoever listens to one of several nodes in a process tells them apart by it.</summary>
    public Meter Meter { get; }

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    /// <summary>The stores whose gauges are shown; null for none.</summary>
    internal void Show(Func<IEnumerable<NodeStatus>>? stores) => _stores = stores;

    internal void Wrote(TimeSpan took, DoozerErrorCode error) => _writes.Record(took.TotalSeconds, Outcome(error));

    internal void Read(TimeSpan took, DoozerErrorCode error) => _reads.Record(took.TotalSeconds, Outcome(error));

    internal void Synced(TimeSpan took) => _syncs.Record(took.TotalSeconds);

    internal void Watched(int events) => _watchEvents.Add(events);

    internal void LeaderChanged() => _leaderChanges.Add(1);

    internal void Rejected() => _rejected.Add(1);

    private static KeyValuePair<string, object?> Outcome(DoozerErrorCode error) =>
        new(OutcomeTag, error == DoozerErrorCode.None ? OutcomeOk : error.ToString());

    private void Gauge(string name, string description, Func<NodeStatus, long> read) => Meter.CreateObservableGauge(
        name,
        () => (_stores?.Invoke() ?? []).Select(
            status => new Measurement<long>(read(status), new KeyValuePair<string, object?>("store", status.Store))),
        description: description);
}
