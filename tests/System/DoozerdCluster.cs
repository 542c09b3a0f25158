using Doozer.Cli.Wire;

namespace Orleans.Doozer.SystemTests;

/// <summary>Which nodes a cluster is made of.</summary>
/// <param name="Addresses">Where each serves clients.</param>
internal sealed record ClusterPlan(IReadOnlyList<ServerAddress> Addresses)
{
    /// <summary>Further options of every node.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The file to run.</summary>
    public string Program { get; init; } = Programs.Doozerd;

    /// <summary>The command that runs each node's program.</summary>
    public Func<int, IReadOnlyList<string>> Wrapper { get; init; } = _ => [];

    public static ClusterPlan OnLoopback(int nodes) =>
        new([.. FreePorts.ForDoozerd(nodes).Select(port => new ServerAddress("127.0.0.1", port))]);
}

/// <summary>doozerd processes that all vote; the first founded the cluster.</summary>
internal sealed class DoozerdCluster : IAsyncDisposable
{
    private readonly ClusterPlan _plan;

    /// <summary>A cluster whose nodes are not started yet.</summary>
    public DoozerdCluster(ClusterPlan plan)
    {
        _plan = plan;
        for (var i = 0; i < plan.Addresses.Count; i++)
        {
            Nodes.Add(Create(i, i == 0 ? [] : [plan.Addresses[0]]));
        }
    }

    /// <summary>The directory of the nodes' data and logs.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("doozer-system-").FullName;

    /// <summary>Whether that directory stays when all is over.</summary>
    public bool IsKept { get; set; }

    public List<DoozerdProcess> Nodes { get; } = [];

    public string Uri => "doozer:?" + string.Join('&', Nodes.Select(node => $"ca={node.Address}"));

    public static Task<DoozerdCluster> StartAsync(int nodes = 3) => StartAsync(ClusterPlan.OnLoopback(nodes));

    public static async Task<DoozerdCluster> StartAsync(ClusterPlan plan)
    {
        var cluster = new DoozerdCluster(plan);
        try
        {
            await cluster.StartNodesAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the founder, then all others, and waits until all vote.</summary>
    public async Task StartNodesAsync()
    {
        await StartAsync(Nodes[0]);
        await Task.WhenAll(Nodes.Skip(1).Select(StartAsync));
        await WaitForVotersAsync(Nodes.Count);

        static Task StartAsync(DoozerdProcess node)
        {
            node.Start();
            return node.WaitAsync();
        }
    }

    /// <summary>Deletes the data of a node that does not run, and gives it the command line with which it would be brought back: with
    /// -a of all others.</summary>
    public void Wipe(int index)
    {
        Directory.Delete(DataOf(index), recursive: true);
        Nodes[index] = Create(index, [.. _plan.Addresses.Where((_, other) => other != index)]);
    }

    /// <summary>Which node leads, as the nodes' own logs tell.</summary>
    public int FindLeader()
    {
        var newest = (Ballot: -1L, Node: -1);
        foreach (var log in Nodes.Select(node => node.Log))
        {
            foreach (var line in log.Split('\n').Where(line => line.Contains("the leader is", StringComparison.Ordinal)))
            {
                var ballot = line[(line.LastIndexOf(' ') + 1)..].Trim();
                var dot = ballot.IndexOf('.', StringComparison.Ordinal);
                var owner = Nodes.FindIndex(node => node.Log.Contains($"node {ballot[(dot + 1)..]} of cluster", StringComparison.Ordinal));
                if (long.Parse(ballot[..dot], System.Globalization.CultureInfo.InvariantCulture) is var round && round > newest.Ballot)
                {
                    newest = (round, owner);
                }
            }
        }

        return newest.Node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        if (!IsKept)
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    public Task WaitForVotersAsync(int nodes) => WaitForVotersAsync(Nodes[0], nodes);

    /// <summary>Waits until so many nodes vote, as one of them tells.</summary>
    public static async Task WaitForVotersAsync(DoozerdProcess node, int nodes)
    {
        // Every node says by itself when it votes.
        await Wait.UntilAsync(
            async () =>
            {
                var found = await Programs.RunAsync(Programs.Doozer, ["find", "/ctl/node"], uri: node.Uri);
                return found.Output.Split('\n').Count(path => path.EndsWith("/writable", StringComparison.Ordinal)) == nodes;
            },
            $"{nodes} nodes vote");

        // Before the membership register has followed them, a founder that is killed takes it along.
        await Wait.UntilAsync(
            async () => (await Programs.RunAsync(Programs.Doozer, ["status"], uri: node.Uri)).Output.EndsWith(", quorum ok\n", StringComparison.Ordinal),
            "the membership register has followed the voters");
    }

    private string DataOf(int index) => Path.Combine(Root, $"n{index}");

    private DoozerdProcess Create(int index, IReadOnlyList<ServerAddress> attach)
    {
        var address = _plan.Addresses[index];
        string[] arguments =
            ["-l", $"{address}", "-w", "false", "-d", DataOf(index), .. attach.SelectMany(other => new[] { "-a", $"{other}" }), .. _plan.Options];
        return new DoozerdProcess(address.Host, address.Port, arguments)
        {
            Program = _plan.Program,
            Wrapper = _plan.Wrapper(index),
            LogFile = Path.Combine(Root, $"n{index}.log"),
        };
    }
}
