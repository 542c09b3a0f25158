using System.Net;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>Nodes whose addresses change, and addresses that change hands.</summary>
public sealed class AddressTests
{
    [Fact]
    public async Task Vote_NodeAtTheAddressOfADeadAcceptor_IsNotCountedForBoth()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        var addressOfAnother = IPEndPoint.Parse(cluster.Nodes[1].Address);
        for (var i = 0; i < 3; i++)
        {
            await cluster.StopAsync(i);
        }

        var alone = await cluster.StartNodeAsync(0, options => options.ListenEndpoint = addressOfAnother);

        await Assert.ThrowsAsync<RegisterUnavailableException>(() => alone.UpdateAsync(Bump));
        await Assert.ThrowsAsync<RegisterUnavailableException>(() => alone.ReadAsync());
        await Assert.ThrowsAsync<RegisterUnavailableException>(() => alone.NoteAliveAsync("S", 1));
    }

    [Fact]
    public async Task Restart_AcceptorsThatSwappedTheirAddresses_AreFoundOnceTheyGreet()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        var addresses = Enumerable.Range(0, 3).Select(i => IPEndPoint.Parse(cluster.Nodes[i].Address)).ToList();
        for (var i = 0; i < 3; i++)
        {
            await cluster.StopAsync(i);
        }

        for (var i = 0; i < 3; i++)
        {
            await cluster.StartNodeAsync(i, options => options.ListenEndpoint = addresses[(i + 1) % 3]);
        }

        await RequireServingAsync(cluster);
    }

    [Fact]
    public async Task Restart_AllNodesAtNewAddresses_FindEachOtherThroughOneThatTheyAttachTo()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        for (var i = 0; i < 3; i++)
        {
            await cluster.StopAsync(i);
        }

        var first = await cluster.StartNodeAsync(0, NewAddress);
        for (var i = 1; i < 3; i++)
        {
            await cluster.StartNodeAsync(i, options =>
            {
                NewAddress(options);
                options.Attach.Add(first.Address);
            });
        }

        await RequireServingAsync(cluster);

        // The keeper of the acceptors then writes down where they are.
        await first.SetAcceptorsAsync([.. cluster.Nodes.Values.Select(node => (node.Self, node.Address))]);
        Assert.Equal(
            cluster.Nodes.Values.Select(node => node.Address).Order(),
            (await first.ReadAsync()).Acceptors.Select(peer => peer.Address).Order());
    }

    [Fact]
    public async Task Restart_AllNodesAtNewAddresses_FindEachOtherByDiscovery()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        for (var i = 0; i < 3; i++)
        {
            await cluster.StopAsync(i);
        }

        var known = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var node = await cluster.StartNodeAsync(i, options =>
            {
                NewAddress(options);
                options.Attach.Clear();
                options.Discover = _ => known.Count < 3
                    ? Task.FromException<IReadOnlyList<string>>(new IOException("not yet"))
                    : Task.FromResult<IReadOnlyList<string>>([.. known]);
            });
            known.Add(node.Address);
        }

        await RequireServingAsync(cluster);
    }

    private static async Task RequireServingAsync(RegisterCluster cluster)
    {
        foreach (var node in cluster.Nodes.Values)
        {
            Assert.True((await node.UpdateAsync(Bump)).Changed);
        }

        Assert.Equal(3, (await cluster.Nodes[0].ReadAsync()).TableVersion);
    }

    private static void NewAddress(RegisterNodeOptions options) => options.ListenEndpoint = IPEndPoint.Parse("127.0.0.1:0");

    private static RegisterState Bump(RegisterState state) => state with { TableVersion = state.TableVersion + 1 };
}
