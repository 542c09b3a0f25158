using System.Net.Sockets;
using Doozer.Cli.Wire;
using Orleans.Doozer.Benchmarks.Sessions;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Benchmarks.Servers;

/// <summary>Which doozerd to start.</summary>
/// <param name="Doozerd">The program.</param>
/// <param name="Root">Where the data goes.</param>
internal sealed record ClusterSettings(string Doozerd, string Root)
{
    /// <summary>How many; all of them vote.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>The address of the first node's web view; null for none.</summary>
    public string? Web { get; init; }

    /// <summary>More options of each.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}

/// <summary>doozerd on loopback with data directories of their own, all of them voting.</summary>
internal sealed class DoozerdCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ClusterSettings _settings;
    private readonly string _directory;
    private readonly List<ServerProcess> _processes = [];
    private readonly List<Endpoint> _endpoints;

    private DoozerdCluster(ClusterSettings settings)
    {
        _settings = settings;
        _directory = Directory.CreateDirectory(Path.Combine(settings.Root, $"doozerd-{Guid.NewGuid():N}")).FullName;
        _endpoints = FindEndpoints(settings.Nodes);
    }

    public IReadOnlyList<ServerProcess> Processes => _processes;

    public IReadOnlyList<Endpoint> Endpoints => _endpoints;

    /// <summary>Starts them and waits until all vote.</summary>
    /// <exception cref="UsageException">They do not start.</exception>
    public static async Task<DoozerdCluster> StartAsync(ClusterSettings settings, CancellationToken cancellationToken)
    {
        var cluster = new DoozerdCluster(settings);
        try
        {
            for (var i = 0; i < settings.Nodes; i++)
            {
                cluster._processes.Add(cluster.Start(i));
                await cluster.WaitAsync(i, status => status.Joined, cancellationToken);
            }

            for (var i = 0; i < settings.Nodes; i++)
            {
                await cluster.WaitAsync(i, status => status.Votes && status.Leader.Length > 0, cancellationToken);
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Which of them leads, as they say themselves.</summary>
    public async Task<int> FindLeaderAsync(CancellationToken cancellationToken)
    {
        var statuses = new List<StatusReport>();
        foreach (var endpoint in Endpoints)
        {
            await using var session = await TcpSession.OpenAsync(endpoint.Address, cancellationToken);
            statuses.Add(await session.StatusAsync());
        }

        var newest = statuses.MaxBy(status => status.BallotRound)!;
        return statuses.FindIndex(status => status.Node == newest.Leader);
    }

    /// <summary>Starts one that ended, again.</summary>
    public void Restart(int node)
    {
        _processes[node].Dispose();
        _processes[node] = Start(node);
    }

    /// <summary>Starts one more, which joins.</summary>
    public void Add()
    {
        _endpoints.AddRange(FindEndpoints(1));
        _processes.Add(Start(_processes.Count));
    }

    /// <summary>Waits until a node says so of itself.</summary>
    /// <exception cref="UsageException">It has ended, or a minute is over.</exception>
    public async Task WaitAsync(int node, Func<StatusReport, bool> holds, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (!await HoldsAsync(node, holds, patience.Token))
        {
            var process = _processes[node];
            if (process.HasExited || patience.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new UsageException($"{process.Name} {(process.HasExited ? "has ended" : "is not ready after a minute")}: {process.LogTail()}");
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    public ValueTask DisposeAsync()
    {
        _processes.ForEach(process => process.Dispose());
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static List<Endpoint> FindEndpoints(int count) =>
        [.. FreePorts.ForDoozerd(count).Select(port => new Endpoint("127.0.0.1", port))];

    private ServerProcess Start(int node)
    {
        string[] arguments =
        [
            "-l", $"{Endpoints[node]}", "-w", node == 0 && _settings.Web is { } web ? web : "false", "-d", Path.Combine(_directory, $"n{node}"),
            .. node == 0 ? Array.Empty<string>() : ["-a", $"{Endpoints[0]}"], .. _settings.Options,
        ];
        return new ServerProcess($"doozerd-{node}", _settings.Doozerd, arguments, _directory);
    }

    private async Task<bool> HoldsAsync(int node, Func<StatusReport, bool> holds, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await TcpSession.OpenAsync(Endpoints[node].Address, cancellationToken);
            return holds(await session.StatusAsync().WaitAsync(cancellationToken));
        }
        catch (Exception exception) when (exception is SocketException or ConnectionLostException or ServerErrorException or OperationCanceledException)
        {
            // Not up yet; whoever asks decides how long that is borne.
            return false;
        }
    }
}
