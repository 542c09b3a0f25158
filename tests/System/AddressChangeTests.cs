using Orleans.Doozer.Clustering;

namespace Orleans.Doozer.SystemTests;

/// <summary>Nodes that are started again with another -l.</summary>
[Collection("system")]
public sealed class AddressChangeTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("doozer-moves-").FullName;
    private readonly List<int> _ports = FreePorts.ForDoozerd(7);
    private readonly List<DoozerdProcess> _nodes = [];

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            _nodes.Add(await StartAsync(_ports[i], attach: i == 0 ? null : _ports[0], $"n{i}"));
        }

        await DoozerdCluster.WaitForVotersAsync(_nodes[0], 3);
        await WaitForRegisterAsync(_nodes[0], _ports[..3]);
        await WriteAsync(_nodes[0], "/before");
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Node_StartedAgainWithAnotherAddress_IsFoundThereByAll()
    {
        var id = (await Programs.RunAsync(Programs.Doozer, ["self"], uri: _nodes[2].Uri)).Output;
        await _nodes[2].KillAsync();
        var moved = await StartAsync(_ports[3], attach: _ports[0], "n2");

        foreach (var file in new[] { $"/ctl/node/{id}/addr", $"/ctl/ns/local/{id}" })
        {
            await WaitForFileAsync(_nodes[1], file, $"127.0.0.1:{_ports[3]}");
        }

        await WaitForRegisterAsync(_nodes[0], [_ports[0], _ports[1], _ports[3]]);

        // Its vote is needed now, in the store and in the register.
        await _nodes[1].KillAsync();
        await WriteAsync(_nodes[0], "/with-the-moved-one");
        await WaitForFileAsync(moved, "/with-the-moved-one", "x");
        var fresh = await StartAsync(_ports[4], attach: _ports[3], "fresh");
        await WaitForFileAsync(fresh, "/before", "x");
    }

    [Fact]
    public async Task AllNodes_StartedAgainWithOtherAddresses_AreTheSameClusterThere()
    {
        await Task.WhenAll(_nodes.Select(node => node.KillAsync()));

        // Not waited for one by one: one alone is no majority.
        for (var i = 0; i < 3; i++)
        {
            _nodes.Add(Start(_ports[4 + i], attach: i == 0 ? null : _ports[4], $"n{i}"));
        }

        var moved = _nodes[3..];
        await Task.WhenAll(moved.Select(node => node.WaitAsync()));
        await WriteAsync(moved[1], "/after");
        foreach (var node in moved)
        {
            await WaitForFileAsync(node, "/before", "x");
            await WaitForFileAsync(node, "/after", "x");
        }

        await WaitForRegisterAsync(moved[0], _ports[4..]);
    }

    private DoozerdProcess Start(int port, int? attach, string data)
    {
        var node = new DoozerdProcess(port, attach, Path.Combine(_root, data));
        node.Start();
        return node;
    }

    private async Task<DoozerdProcess> StartAsync(int port, int? attach, string data)
    {
        var node = Start(port, attach, data);
        if (_nodes.Count >= 3)
        {
            _nodes.Add(node);
        }

        await node.WaitAsync();
        return node;
    }

    private static async Task WriteAsync(DoozerdProcess node, string path) => await Wait.UntilAsync(
        async () => (await Programs.RunAsync(Programs.Doozer, ["set", path, "-1"], "x", node.Uri)).ExitCode == 0, $"{node.Uri} takes a write");

    private static async Task WaitForFileAsync(DoozerdProcess node, string path, string text) => await Wait.UntilAsync(
        async () => (await Programs.RunAsync(Programs.Doozer, ["get", path], uri: node.Uri)).Output == text, $"{path} is {text} at {node.Uri}");

    /// <summary>Waits until the membership register is kept by the nodes on these ports.</summary>
    private static async Task WaitForRegisterAsync(DoozerdProcess node, IEnumerable<int> ports)
    {
        var expected = ports.Select(port => $"127.0.0.1:{port + 15_000}").Order(StringComparer.Ordinal).ToList();
        using var client = new RegisterClient(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeProvider.System);
        await Wait.UntilAsync(
            async () =>
            {
                try
                {
                    var reply = await client.CallAsync($"127.0.0.1:{node.Port + 15_000}", "", new ReadRequest(), default);
                    return reply is ReadReply read
                        && read.State.Acceptors.Select(peer => peer.Address).Order(StringComparer.Ordinal).SequenceEqual(expected);
                }
                catch (IOException)
                {
                    return false;
                }
            },
            $"the register is kept at {string.Join(", ", expected)}");
    }
}
