using System.Net;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>Some register nodes over loopback TCP, with memory for disks that outlives them.</summary>
internal sealed class RegisterCluster : IAsyncDisposable
{
    private static int _next;
    private readonly Dictionary<int, (NodeId Node, MemoryRegisterStorage Storage)> _disks = [];
    private readonly Dictionary<int, string> _addresses = [];

    public string ClusterId { get; } = $"cluster-{Interlocked.Increment(ref _next)}";

    public Dictionary<int, RegisterNode> Nodes { get; } = [];

    public static async Task<RegisterCluster> StartAsync(int count)
    {
        var cluster = new RegisterCluster();
        for (var i = 0; i < count; i++)
        {
            var node = await cluster.StartNodeAsync(i);
            await cluster.Nodes[0].AddAcceptorAsync(node.Self, node.Address);
        }

        return cluster;
    }

    public async Task<RegisterNode> StartNodeAsync(int index, Action<RegisterNodeOptions>? configure = null)
    {
        if (!_disks.TryGetValue(index, out var disk))
        {
            _disks[index] = disk = (NodeId.Parse($"NODE{index}"), new MemoryRegisterStorage());
        }

        var options = new RegisterNodeOptions
        {
            Self = disk.Node,
            Storage = disk.Storage,
            ClusterId = index == 0 ? ClusterId : null,
            ClusterName = "test",
            ListenEndpoint = IPEndPoint.Parse(_addresses.GetValueOrDefault(index, "127.0.0.1:0")),
            OperationTimeout = TimeSpan.FromSeconds(3),
        };
        if (index > 0 && _addresses.TryGetValue(0, out var first))
        {
            options.Attach.Add(first);
        }

        configure?.Invoke(options);
        var node = new RegisterNode(options);
        await node.StartAsync();
        _addresses[index] = node.Address;
        return Nodes[index] = node;
    }

    public MemoryRegisterStorage Storage(int index) => _disks[index].Storage;

    public async Task StopAsync(int index)
    {
        Nodes.Remove(index, out var node);
        await node!.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes.Values)
        {
            await node.DisposeAsync();
        }
    }
}
