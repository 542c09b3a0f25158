using System.Net;
using System.Net.Sockets;
using static Orleans.Doozer.Clustering.Tests.Entries;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>A data directory that was copied makes two processes with one identity: one vote would count twice.</summary>
public sealed class DoubleTests
{
    [Fact]
    public async Task Start_CopyOfALivingAcceptor_IsRefusedAndTheRegisterGoesOn()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        var copy = await CopyAsync(cluster, 1);

        var refusal = await Assert.ThrowsAsync<RegisterConfigurationException>(() => StartAsync(copy));

        Assert.Contains($"Node {cluster.Nodes[1].Self} runs already, at {cluster.Nodes[1].Address}", refusal.Message, StringComparison.Ordinal);
        Assert.True((await cluster.Nodes[1].UpdateAsync(Bump)).Changed);
    }

    [Fact]
    public async Task Start_CopyOlderThanTheMoveOfItsOriginal_LearnsOfItFirstAndIsRefused()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        var (copy, oldAddress) = (await CopyAsync(cluster, 1), IPEndPoint.Parse(cluster.Nodes[1].Address));
        await cluster.StopAsync(1);
        var moved = await cluster.StartNodeAsync(1, options => options.ListenEndpoint = IPEndPoint.Parse("127.0.0.1:0"));
        await moved.AddAcceptorAsync(moved.Self, moved.Address);

        var refusal = await Assert.ThrowsAsync<RegisterConfigurationException>(() => StartAsync(copy, oldAddress));

        Assert.Contains(moved.Address, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MovedAcceptorWhoseOldAddressAnotherNodeHas_GoesOn()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        var oldAddress = IPEndPoint.Parse(cluster.Nodes[2].Address);
        await cluster.StopAsync(2);
        await cluster.StartNodeAsync(3, options => options.ListenEndpoint = oldAddress);

        var moved = await cluster.StartNodeAsync(2, options => options.ListenEndpoint = IPEndPoint.Parse("127.0.0.1:0"));

        Assert.True((await moved.UpdateAsync(Bump)).Changed);
    }

    [Fact]
    public async Task FindDouble_BothStartedBeforeTheyCouldMeet_IsToldToTheOneWithoutTheSeat()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        var copy = await CopyAsync(cluster, 1);
        await cluster.StopAsync(1);
        await using var second = await StartAsync(copy);
        var first = await cluster.StartNodeAsync(1);

        Assert.Equal(first.Address, await second.FindDoubleAsync());
        Assert.Null(await first.FindDoubleAsync());
        Assert.Null(await cluster.Nodes[0].FindDoubleAsync());
    }

    [Fact]
    public async Task InitializeMembershipTable_NodeAliveAtAnotherEndpoint_IsRefusedAndItsRowKept()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var listening = new TcpListener(IPAddress.Loopback, 0);
        listening.Start();
        var entry = await InsertAsync(cluster, "NODE0", ((IPEndPoint)listening.LocalEndpoint).Port);
        using var done = new CancellationTokenSource();
        var beating = Task.Run(async () =>
        {
            using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (!done.IsCancellationRequested && await beat.WaitForNextTickAsync())
            {
                await cluster.Nodes[0].NoteAliveAsync(entry.SiloAddress.ToParsableString(), DateTime.UtcNow.Ticks);
            }
        });

        using var table = new DoozerMembershipTable(cluster.Nodes[0], new SiloIdentity("NODE0", Address()));
        var refusal = await Assert.ThrowsAsync<RegisterConfigurationException>(() => table.InitializeMembershipTableAsync(true, default));

        await done.CancelAsync();
        await beating;
        Assert.Contains("NODE0 runs already", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(SiloStatus.Active, Assert.Single((await table.ReadAllAsync(default)).Members).Item1.Status);
    }

    [Fact]
    public async Task InitializeMembershipTable_NodeMovedAndAnotherListensAtItsOldEndpoint_GoesOn()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var listening = new TcpListener(IPAddress.Loopback, 0);
        listening.Start();
        await InsertAsync(cluster, "NODE0", ((IPEndPoint)listening.LocalEndpoint).Port);

        using var table = new DoozerMembershipTable(cluster.Nodes[0], new SiloIdentity("NODE0", Address()));
        await table.InitializeMembershipTableAsync(true, default);

        Assert.Equal(SiloStatus.Dead, Assert.Single((await table.ReadAllAsync(default)).Members).Item1.Status);
    }

    private static async Task<MembershipEntry> InsertAsync(RegisterCluster cluster, string name, int port)
    {
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        var entry = Entry(name, port);
        entry.Status = SiloStatus.Active;
        Assert.True(await table.InsertRowAsync(entry, (await table.ReadAllAsync(default)).Version.Next(), default));
        return entry;
    }

    /// <summary>What cp -r makes of a node's data.</summary>
    private static async Task<MemoryRegisterStorage> CopyAsync(RegisterCluster cluster, int index)
    {
        var copy = new MemoryRegisterStorage();
        await copy.SaveAsync(cluster.Storage(index).Load()!, default);
        return copy;
    }

    private static async Task<RegisterNode> StartAsync(
        MemoryRegisterStorage storage, IPEndPoint? listen = null)
    {
        var node = new RegisterNode(new RegisterNodeOptions
        {
            Self = storage.Load()!.Node,
            Storage = storage,
            ClusterName = "test",
            ListenEndpoint = listen ?? IPEndPoint.Parse("127.0.0.1:0"),
        });
        await node.StartAsync();
        return node;
    }

    private static RegisterState Bump(RegisterState state) => state with { TableVersion = state.TableVersion + 1 };
}
