using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Diagnostics;
using Orleans.Doozer.Runtime.Front;
using Orleans.Doozer.Runtime.Placement;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>
/// All that this node is: its identity, its journal and one host for each store. It belongs to the silo, opens before the first grain
/// can be called and closes after the last.
/// </summary>
internal sealed class StoreHosts : IStoreNodes, IStoreInspectors, ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private readonly Dictionary<string, StoreHost> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoreNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoreInspector> _inspectors = new(StringComparer.Ordinal);
    private readonly List<NodeAgent> _agents = [];
    private readonly NodeIdentity _identity;
    private readonly NodeJournal _journal;
    private readonly IGrainFactory _grains;
    private readonly NodeLocator _locator;
    private readonly DoozerOptions _options;
    private readonly TimeProvider _time;
    private readonly NodeFault _fault;
    private readonly DoozerMetrics _metrics;
    private readonly ILogger _logger;

    public StoreHosts(
        NodeIdentity identity, NodeJournal journal, IGrainFactory grains, NodeLocator locator, IOptions<DoozerOptions> options,
        TimeProvider time, NodeFault fault, DoozerMetrics metrics, ILogger<StoreHosts> logger)
    {
        _identity = identity;
        _journal = journal;
        _grains = grains;
        _locator = locator;
        _options = options.Value;
        _time = time;
        _fault = fault;
        _metrics = metrics;
        _logger = logger;
    }

    public NodeId Self => _identity.Self;

    public string? ClusterId => _identity.ClusterId;

    public StoreHost GetHost(string store) => _hosts.TryGetValue(store, out var host) ? host : throw NoSuchStore(store);

    public IStoreNode Get(string store) => _nodes.TryGetValue(store, out var node) ? node : throw NoSuchStore(store);

    public StoreInspector GetInspector(string store) => _inspectors.TryGetValue(store, out var inspector) ? inspector : throw NoSuchStore(store);

    IStoreInspector IStoreInspectors.Inspect(string store) => GetInspector(store);

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(StoreHosts), ServiceLifecycleStage.RuntimeStorageServices, OpenAsync, _ => DisposeAsync().AsTask());
        lifecycle.Subscribe(nameof(NodeAgent), ServiceLifecycleStage.Active, StartAgentsAsync, StopAgentsAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _metrics.Show(null);
        foreach (var host in _hosts.Values)
        {
            await host.DisposeAsync();
        }

        _hosts.Clear();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        var founds = await _journal.FoundClusterAsync(_options.Join, cancellationToken);
        foreach (var store in _options.Stores.Distinct(StringComparer.Ordinal))
        {
            var services = new StoreHostServices(
                _identity, _grains, _locator, _journal.Journal, _options, _time, _logger, _metrics, NewSeed(), _fault.Report);
            var host = await OpenAsync(store, services, founds, cancellationToken);
            var node = new StoreNode(host, services);
            _hosts.Add(store, host);
            _nodes.Add(store, node);
            _inspectors.Add(store, new StoreInspector(host, node, services));
            host.Start();
            var agent = new NodeAgent(host, node, services);
            _agents.Add(agent);
            if (founds && !agent.HasFounded)
            {
                // There is nobody else yet.
                host.StartClock();
                await agent.FoundAsync(cancellationToken);
            }
        }

        _metrics.Show(() => _nodes.Values.Select(node => node.Status));
    }

    private async Task<StoreHost> OpenAsync(
        string store, StoreHostServices services, bool founds, CancellationToken cancellationToken)
    {
        var options = new ReplicaOptions
        {
            Times = _options.Times,

            // While one batch is on the disks another is made of what came meanwhile (BatchPace). A third brings nothing (tests/Benchmarks/Notebook.md).
            PipelinedBatches = 2,
            Voters = new VoterOptions
            {
                Count = _options.Voters,
                SilenceMs = (long)_options.VoterTimeout.TotalMilliseconds,
                ForgetMs = 10 * (long)_options.VoterTimeout.TotalMilliseconds,
            },
            State = new StateMachineOptions { History = _options.History, HistoryBytes = _options.HistoryBytes },
            SnapshotSlots = Math.Max(1000, _options.History / 4),

            // A snapshot holds the answers of the last 100,000 requests, however small the store: at a high rate of writes one for
            // every quarter of the history took a tenth of the processor and a good part of the disk.
            SnapshotRevisions = Math.Max(1000, _options.History),
            SnapshotBytes = _options.HistoryBytes / 4,
        };
        var persisted = _journal.Journal.Load(store);
        var saved = _journal.Journal.LoadSnapshot(store);
        if (saved is null && founds)
        {
            var empty = new StateMachine(options.State);
            ConfigurationChange[] first = [new(new Slot(1), new VotingConfiguration([Self]))];
            await _journal.Journal.SaveSnapshotAsync(
                store, Slot.Zero, SnapshotCodec.Encode(empty.CaptureAt(Slot.Zero), first), cancellationToken);
            saved = _journal.Journal.LoadSnapshot(store);
            StoreLog.Founded(_logger, store, ClusterId, Self);
        }

        var snapshot = saved is { } found ? SnapshotCodec.Decode(found.Chunks) : null;
        var host = new StoreHost(store, services, options, persisted, snapshot);
        if (host.Machine is { } machine)
        {
            StoreLog.Continued(_logger, store, Self, machine.Applied, machine.Current.Revision);
        }
        else
        {
            StoreLog.Joining(_logger, store, Self);
        }

        return host;
    }

    private Task StartAgentsAsync(CancellationToken cancellationToken)
    {
        foreach (var host in _hosts.Values)
        {
            host.StartClock();
        }

        _agents.ForEach(agent => agent.Start());
        return Task.CompletedTask;
    }

    private Task StopAgentsAsync(CancellationToken cancellationToken) => Task.WhenAll(_agents.Select(agent => agent.DisposeAsync().AsTask()));

    private static ulong NewSeed() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    private DoozerException NoSuchStore(string store) => new(
        DoozerErrorCode.Other,
        $"there is no store '{(store.Length <= 64 ? store : store[..64])}' on node {Self}; it has: {string.Join(", ", _options.Stores)}");
}
