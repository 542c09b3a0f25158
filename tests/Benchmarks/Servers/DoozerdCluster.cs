using System.Net.Sockets;
using Doozer.Cli.Wire;
using Orleans.Doozer.Benchmarks.Sessions;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Benchmarks.Servers;

/// <summary>Three doozerd on loopback with data directories of their own, all three voting.</summary>
internal sealed class DoozerdCluster : IAsyncDisposable
{
    private const int Nodes = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _directory;
    private readonly List<ServerProcess> _processes = [];

    private DoozerdCluster(string directory) => _directory = directory;

    public IReadOnlyList<ServerProcess> Processes => _processes;

    public IReadOnlyList<Endpoint> Endpoints { get; private set; } = [];

    /// <summary>Starts them and waits until all vote.</summary>
    /// <param name="doozerd">The program.</param>
    /// <param name="root">Where the data goes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="web">The address of the first node's web view; null for none.</param>
    /// <param name="options">More options of each.</param>
    /// <exception cref="UsageException">They do not start.</exception>
    public static async Task<DoozerdCluster> StartAsync(
        string doozerd, string root, CancellationToken cancellationToken, string? web = null, params string[] options)
    {
        var cluster = new DoozerdCluster(Directory.CreateDirectory(Path.Combine(root, $"doozerd-{Guid.NewGuid():N}")).FullName);
        try
        {
            cluster.Endpoints = [.. FreePorts.Find(Nodes, 10_000, 15_000, 20_000).Select(port => new Endpoint("127.0.0.1", port))];
            for (var i = 0; i < Nodes; i++)
            {
                cluster.Start(doozerd, i, i == 0 && web is not null ? web : "false", options);
                await cluster.WaitAsync(i, status => status.Joined, cancellationToken);
            }

            for (var i = 0; i < Nodes; i++)
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

    public ValueTask DisposeAsync()
    {
        _processes.ForEach(process => process.Dispose());
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private void Start(string doozerd, int node, string web, string[] options)
    {
        string[] arguments =
        [
            "-l", $"{Endpoints[node]}", "-w", web, "-d", Path.Combine(_directory, $"n{node}"),
            .. node == 0 ? Array.Empty<string>() : ["-a", $"{Endpoints[0]}"], .. options,
        ];
        _processes.Add(new ServerProcess($"doozerd-{node}", doozerd, arguments, _directory));
    }

    private async Task WaitAsync(int node, Func<StatusReport, bool> holds, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (!await HoldsAsync(node, holds, patience.Token))
        {
            var process = _processes[node];
            if (process.HasExited || patience.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new UsageException($"{process.Name} {(process.HasExited ? "has ended" : "does not vote after a minute")}: {process.LogTail()}");
            }

            await Task.Delay(50, cancellationToken);
        }
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
