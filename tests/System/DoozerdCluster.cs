using System.Net;
using System.Net.Sockets;

namespace Orleans.Doozer.SystemTests;

/// <summary>Three doozerd processes on loopback, all three voting.</summary>
internal sealed class DoozerdCluster : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("doozer-system-").FullName;

    public List<DoozerdProcess> Nodes { get; } = [];

    public string Uri => "doozer:?" + string.Join('&', Nodes.Select(node => $"ca=127.0.0.1:{node.Port}"));

    public static async Task<DoozerdCluster> StartAsync(int nodes = 3)
    {
        var cluster = new DoozerdCluster();
        var ports = FreePorts(nodes);
        for (var i = 0; i < nodes; i++)
        {
            var node = new DoozerdProcess(ports[i], i == 0 ? null : ports[0], Path.Combine(cluster._root, $"n{i}"));
            cluster.Nodes.Add(node);
            node.Start();
            await node.WaitAsync();
        }

        await cluster.WaitForVotersAsync(nodes);
        return cluster;
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

        Directory.Delete(_root, recursive: true);
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
    }

    /// <summary>Ports whose derived ones are free too.</summary>
    public static List<int> FreePorts(int count)
    {
        var ports = new List<int>();
        for (var port = 9000 + (Environment.ProcessId % 3000); ports.Count < count; port++)
        {
            if (new[] { 0, 10_000, 15_000, 20_000 }.All(offset => IsFree(port + offset)))
            {
                ports.Add(port);
            }
        }

        return ports;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
