using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.TestingHost;

namespace Orleans.Doozer.TestingHost;

/// <summary>
/// A cluster of Doozer nodes in this process: real silos, grains, votes and journals, over Orleans' in-memory transport and
/// membership. Node 0 founds the cluster, the others join it; when <see cref="StartAsync"/> returns, all of them vote.
/// </summary>
public sealed class DoozerTestCluster : IAsyncDisposable
{
    private const int VoteAttempts = 10;
    private readonly DoozerTestClusterOptions _options;
    private readonly InProcessTestCluster _cluster;
    private readonly string? _root;
    private readonly List<DoozerTestNode?> _nodes;
    private readonly HashSet<int> _started = [];

    private DoozerTestCluster(int nodes, DoozerTestClusterOptions options)
    {
        _options = options;
        _nodes = [.. new DoozerTestNode?[nodes]];
        _root = options.OnDisk ? Directory.CreateTempSubdirectory("doozer-test-").FullName : null;
        var builder = new InProcessTestClusterBuilder(0);
        builder.Options.GatewayPerSilo = true;

        // Orleans would write a file for each silo into the working directory of whoever runs this. Logging is the host's: ConfigureSilo.
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo(ConfigureSilo);
        builder.ConfigureClient(ConfigureClient);
        _cluster = builder.Build();
    }

    /// <summary>The default store, as an application's Orleans client sees it.</summary>
    public IDoozer Client => _cluster.Client.ServiceProvider.GetRequiredService<IDoozer>();

    /// <summary>The Orleans client.</summary>
    public IClusterClient ClusterClient => _cluster.Client;

    /// <summary>The nodes that run now, in order of their numbers.</summary>
    public IReadOnlyList<DoozerTestNode> Nodes => [.. _nodes.OfType<DoozerTestNode>()];

    /// <summary>How many nodes there are, running or not.</summary>
    public int Size => _nodes.Count;

    /// <summary>Starts a cluster; returns when all its nodes have joined and vote.</summary>
    /// <exception cref="TimeoutException">It took too long; the message says how far each node came.</exception>
    public static async Task<DoozerTestCluster> StartAsync(
        int nodes = 3, Action<DoozerTestClusterOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 1);
        var options = new DoozerTestClusterOptions();
        configure?.Invoke(options);
        var cluster = new DoozerTestCluster(nodes, options);
        try
        {
            await cluster.StartAllAsync(cancellationToken);
            await cluster.AddVotesAsync(cancellationToken);
            await cluster._cluster.InitializeClientAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The running node of a number.</summary>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public DoozerTestNode Node(int index) =>
        _nodes[index] ?? throw new InvalidOperationException($"node {index} does not run; start it with StartNodeAsync({index})");

    /// <summary>A service of a node's silo.</summary>
    public T GetService<T>(int index)
        where T : notnull => Node(index).Services.GetRequiredService<T>();

    /// <summary>The default store, through the grain factory of a node's silo: as a grain on that node sees it.</summary>
    public IDoozer ClientOf(int index) => GetService<IGrainFactory>(index).GetDoozer();

    /// <summary>The node that leads, once all running nodes agree on it.</summary>
    /// <exception cref="TimeoutException">They do not agree in time.</exception>
    public async Task<DoozerTestNode> LeaderAsync(CancellationToken cancellationToken = default)
    {
        DoozerTestNode? leader = null;
        await UntilAsync(
            () => (leader = Nodes.FirstOrDefault(node => node.IsLeader)) is not null
                && Nodes.All(node => node.Leader == leader.Id),
            "the nodes do not agree on a leader", cancellationToken);
        return leader!;
    }

    /// <summary>Stops a node. It leaves the cluster's membership in good order, as with SIGTERM; kill a process to test a
    /// crash.</summary>
    public async Task StopNodeAsync(int index)
    {
        var node = Node(index);
        _nodes[index] = null;
        await _cluster.StopSiloAsync(node.Silo);
    }

    /// <summary>Starts a node that was stopped, on its data directory; a node in memory comes back as a new one, without a
    /// vote.</summary>
    public async Task<DoozerTestNode> StartNodeAsync(int index)
    {
        if (_nodes[index] is not null)
        {
            throw new InvalidOperationException($"node {index} runs already");
        }

        var silo = await _cluster.StartSiloAsync(index, _cluster.Options);
        _started.Add(index);
        return _nodes[index] = new DoozerTestNode(index, silo);
    }

    /// <summary>Adds a node; returns when it has joined, and unless told otherwise also votes.</summary>
    public async Task<DoozerTestNode> AddNodeAsync(bool votes = true, CancellationToken cancellationToken = default)
    {
        _nodes.Add(null);
        var node = await StartNodeAsync(_nodes.Count - 1);
        await UntilAsync(() => node.Store.HasJoined, $"node {node.Index} has not joined", cancellationToken);
        if (votes)
        {
            await AddVoteAsync(node.Index, node.Id, cancellationToken);
            await UntilAsync(() => node.IsVoter, $"node {node.Index} does not vote", cancellationToken);
        }

        return node;
    }

    /// <summary>Stops a node and starts it again on its data directory.</summary>
    public async Task<DoozerTestNode> RestartNodeAsync(int index)
    {
        await StopNodeAsync(index);
        return await StartNodeAsync(index);
    }

    /// <summary>Waits until a condition holds.</summary>
    /// <exception cref="TimeoutException">It does not come to hold in <see cref="DoozerTestClusterOptions.StartTimeout"/>; the
    /// message is <paramref name="problem"/> and how each node stands.</exception>
    public async Task UntilAsync(Func<bool> condition, string problem, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > _options.StartTimeout)
            {
                throw new TimeoutException(
                    $"after {_options.StartTimeout.TotalSeconds:0.#} s {problem}; "
                    + string.Join("; ", Nodes.Select(node => node.Describe())));
            }

            await Task.Delay(10, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _cluster.StopClusterClientAsync();
        await Task.WhenAll(Nodes.Select(node => _cluster.StopSiloAsync(node.Silo)));
        await _cluster.DisposeAsync();
        if (_root is not null)
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        await StartNodeAsync(0);
        await Task.WhenAll(Enumerable.Range(1, _nodes.Count - 1).Select(StartNodeAsync));
        await UntilAsync(() => Nodes.All(node => node.Store.HasJoined), "not all nodes have joined", cancellationToken);
    }

    private async Task AddVotesAsync(CancellationToken cancellationToken)
    {
        for (var slot = 1; slot < _nodes.Count; slot++)
        {
            await AddVoteAsync(slot, Node(slot).Id, cancellationToken);
        }

        await UntilAsync(() => Nodes.All(HasItsVote), "not all nodes vote", cancellationToken);
        await LeaderAsync(cancellationToken);
    }

    /// <summary>Gives a node a vote in each store, as an operator would, unless the leader was first. By name: of itself a leader makes
    /// no two voters of one.</summary>
    private async Task AddVoteAsync(int slot, NodeId voter, CancellationToken cancellationToken)
    {
        var node = Nodes[0];
        foreach (var name in node.Services.GetRequiredService<IOptions<DoozerOptions>>().Value.Stores)
        {
            var store = node.GetStore(name);
            var request = new WriteRequest(
                store.NewRequestId(), WriteKind.Set, $"{ControlFiles.VotersDirectory}/{slot}", Encoding.UTF8.GetBytes(voter.Value), Revision.Missing);
            var reply = await store.WriteAsync(request, cancellationToken);
            for (var attempt = 1; attempt < VoteAttempts && reply.Error is DoozerErrorCode.Unavailable or DoozerErrorCode.OutcomeUnknown; attempt++)
            {
                // On a busy machine the lead may change while the votes are given. The request is the same, so it is carried out once.
                reply = await store.WriteAsync(request, cancellationToken);
            }

            if (reply.Error is not (DoozerErrorCode.None or DoozerErrorCode.RevisionMismatch))
            {
                throw DoozerException.From(
                    reply.Error, $"CAL slot {slot} was not given to node {voter}: {reply.Detail ?? reply.Error.ToString()}");
            }
        }
    }

    private bool HasItsVote(DoozerTestNode node) =>
        node.IsVoter && ControlFiles.Voters(node.Store.Current).Count == _nodes.Count;

    private void ConfigureSilo(InProcessTestSiloSpecificOptions silo, ISiloBuilder builder)
    {
        // The only thing that the test cluster tells about a silo before it exists is its name, Silo_0 and so on.
        var number = silo.SiloName.AsSpan(silo.SiloName.IndexOf('_', StringComparison.Ordinal) + 1);
        var index = int.Parse(number, CultureInfo.InvariantCulture);
        builder.AddDoozer(options =>
        {
            options.InMemory = _root is null;
            options.DataDirectory = _root is null ? null : Path.Combine(_root, $"node-{index}");

            // A founder in memory that starts again would found a second cluster; on disk it knows the one it belongs to.
            options.Join = index > 0 || (_root is null && _started.Contains(index));
            options.Address = $"127.0.0.1:{8046 + index}";
            options.Pulse = TimeSpan.FromMilliseconds(200);
            _options.ConfigureNode?.Invoke(index, options);
        });
        _options.ConfigureSilo?.Invoke(builder);
    }

    private void ConfigureClient(IClientBuilder builder)
    {
        // A restarted silo has a new port, and Orleans looks for new gateways once a minute by default.
        builder.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromMilliseconds(250));
        builder.UseDoozer(options => _options.ConfigureDoozerClient?.Invoke(options));
        builder.Services.TryAddSingleton(TimeProvider.System);
        _options.ConfigureClient?.Invoke(builder);
    }
}
