using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>Register nodes over loopback TCP: who may join whom, who votes, and what strangers can do to them.</summary>
public sealed class RegisterNodeTests
{
    [Fact]
    public async Task SetAcceptors_GrowThenShrinkToOthers_WalksThereAndKeepsTheValue()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        var all = new List<RegisterNode> { cluster.Nodes[0] };
        for (var i = 1; i < 5; i++)
        {
            all.Add(await cluster.StartNodeAsync(i));
        }

        await all[0].UpdateAsync(Bump);
        await all[0].SetAcceptorsAsync([.. all.Select(node => (node.Self, node.Address))]);
        await all[4].SetAcceptorsAsync([.. all.Skip(2).Select(node => (node.Self, node.Address))]);
        await cluster.StopAsync(0);
        await cluster.StopAsync(1);

        var state = await all[3].ReadAsync();
        Assert.Equal(1, state.TableVersion);
        Assert.Equal(all.Skip(2).Select(node => node.Self), state.Acceptors.Select(peer => peer.Node));
        Assert.Equal(7, state.AcceptorsVersion);
    }

    [Fact]
    public async Task RemoveAcceptor_LastOne_IsRefused()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        var node = cluster.Nodes[0];

        await node.RemoveAcceptorAsync(NodeId.Parse("NOBODY"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.RemoveAcceptorAsync(node.Self));
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.SetAcceptorsAsync([]));

        Assert.Single((await node.ReadAsync()).Acceptors);
    }

    [Fact]
    public async Task AddAcceptor_NobodyOrAnotherNodeThere_IsRefusedAndTheRegisterGoesOn()
    {
        await using var cluster = await RegisterCluster.StartAsync(2);
        var node = cluster.Nodes[0];

        await Assert.ThrowsAsync<RegisterUnavailableException>(() => node.AddAcceptorAsync(NodeId.Parse("NEW"), "127.0.0.1:1"));
        await Assert.ThrowsAsync<RegisterUnavailableException>(() => node.AddAcceptorAsync(NodeId.Parse("NEW"), cluster.Nodes[1].Address));

        Assert.Equal(2, (await node.ReadAsync()).Acceptors.Length);
    }

    [Fact]
    public async Task Restart_AllNodesInAnyOrder_KeepsTheValueAndNeedsAMajority()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        await cluster.Nodes[1].UpdateAsync(Bump);
        for (var i = 0; i < 3; i++)
        {
            await cluster.StopAsync(i);
        }

        var last = await cluster.StartNodeAsync(2);
        await Assert.ThrowsAsync<RegisterUnavailableException>(() => last.ReadAsync());
        await cluster.StartNodeAsync(1);

        Assert.Equal(1, (await last.ReadAsync()).TableVersion);
        Assert.True((await last.UpdateAsync(Bump)).Changed);
    }

    [Fact]
    public async Task Restart_AtAnotherAddress_IsFoundAgainOnceItsAddressIsCorrected()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        await cluster.StopAsync(2);
        var moved = await cluster.StartNodeAsync(2, options => options.ListenEndpoint = IPEndPoint.Parse("127.0.0.1:0"));

        await moved.AddAcceptorAsync(moved.Self, moved.Address);
        await cluster.StopAsync(1);

        var state = await cluster.Nodes[0].ReadAsync();
        Assert.Equal(moved.Address, state.Acceptors.Single(peer => peer.Node == moved.Self).Address);
    }

    [Fact]
    public async Task Start_EmptiedNodeWithAttach_JoinsAndFoundsNothing()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        var joiner = await cluster.StartNodeAsync(1, options => options.ClusterId = null);

        Assert.Equal(cluster.ClusterId, joiner.ClusterId);
        Assert.Equal(cluster.Nodes[0].Self, Assert.Single(joiner.Acceptors).Node);
        Assert.True((await joiner.UpdateAsync(Bump)).Changed);
    }

    [Fact]
    public async Task Start_AttachBeforeTheClusterIsUp_WaitsForIt()
    {
        await using var cluster = new RegisterCluster();
        using var reserved = new TcpListener(IPAddress.Loopback, 0);
        reserved.Start();
        var address = (IPEndPoint)reserved.LocalEndpoint;
        reserved.Stop();
        var joining = cluster.StartNodeAsync(1, options => options.Attach.Add(address.ToString()));
        Assert.False(joining.IsCompleted);

        await cluster.StartNodeAsync(0, options => options.ListenEndpoint = address);

        Assert.Equal(cluster.ClusterId, (await joining.WaitAsync(TimeSpan.FromSeconds(5))).ClusterId);
    }

    [Fact]
    public async Task Start_WhatDoesNotFit_IsRefusedWithASentence()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        await using var other = await RegisterCluster.StartAsync(1);
        await cluster.StartNodeAsync(1);
        await cluster.StopAsync(1);

        foreach (var wrong in new Action<RegisterNodeOptions>[]
        {
            options => options.ClusterId = "another",
            options => options.ClusterName = "another",
            options => options.Self = NodeId.Parse("ANOTHER"),
            options => { options.Storage = new MemoryRegisterStorage(); options.Attach.Clear(); },
            options => { options.Storage = new MemoryRegisterStorage(); options.ClusterId = "another"; },
            options => { options.Storage = new MemoryRegisterStorage(); options.ClusterName = "another"; },
            options => options.ListenEndpoint = IPEndPoint.Parse(cluster.Nodes[0].Address),
            options => options.ListenEndpoint = null,
            options => options.ListenEndpoint = new IPEndPoint(IPAddress.Any, 1),
            options => options.Attach.Add("nonsense"),
            options => options.AdvertisedAddress = "nonsense",
            options => options.Self = NodeId.None,
            options => options.ClusterName = " ",
            options => options.OperationTimeout = TimeSpan.Zero,
        })
        {
            var refusal = await Assert.ThrowsAsync<RegisterConfigurationException>(() => cluster.StartNodeAsync(1, wrong));
            Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Accept_BallotWithASecondValue_EndsTheNodesVoting()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        var (node, ballot) = (cluster.Nodes[0], new Ballot(50, NodeId.Parse("X")));
        var state = await node.ReadAsync();
        using var client = new RegisterClient(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeProvider.System);
        Task<RegisterReply> CallAsync(RegisterRequest request) => client.CallAsync(node.Address, cluster.ClusterId, request, default);
        Assert.IsType<AcceptedReply>(await CallAsync(new AcceptRequest(ballot, state)));

        Assert.IsType<RejectedReply>(await CallAsync(new AcceptRequest(ballot, state with { Number = 9 })));
        Assert.IsType<RejectedReply>(await CallAsync(new PrepareRequest(ballot.NextFor(ballot.Node))));
    }

    [Fact]
    public async Task Requests_OfAnotherCluster_AreRejectedWithAReason()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var client = new RegisterClient(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeProvider.System);
        var ballot = new Ballot(99, NodeId.Parse("X"));

        foreach (var request in new RegisterRequest[] { new PrepareRequest(ballot), new QueryRequest(1), new HeartbeatRequest([]), new ReadRequest() })
        {
            var reply = await client.CallAsync(cluster.Nodes[0].Address, "another", request, default);
            Assert.Contains(cluster.ClusterId, Assert.IsType<RejectedReply>(reply).Reason, StringComparison.Ordinal);
        }

        var welcome = Assert.IsType<WelcomeReply>(await client.CallAsync(cluster.Nodes[0].Address, "another", new HelloRequest(), default));
        Assert.Equal((cluster.ClusterId, "test"), (welcome.ClusterId, welcome.ClusterName));
    }

    [Fact]
    public async Task Listener_GarbageHugeLengthsAndHalfOpenPeers_ServesOthersAllTheSame()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        var address = IPEndPoint.Parse(cluster.Nodes[0].Address);
        var garbage = new byte[300];
        new Random(1).NextBytes(garbage);
        var silent = new List<TcpClient>();
        foreach (var (length, body) in new[] { (int.MaxValue, garbage), (-1, garbage), (0, []), (garbage.Length, garbage), (Frames.Limit, garbage) })
        {
            var bytes = new byte[4 + body.Length];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
            body.CopyTo(bytes, 4);
            var client = new TcpClient();
            silent.Add(client);
            await client.ConnectAsync(address);
            await client.GetStream().WriteAsync(bytes);

            // The listener hangs up: at once on garbage, and soon on a frame whose rest never comes.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            var answer = await ReadOrClosedAsync(client, patience.Token);
            Assert.Equal(0, answer);
        }

        for (var i = 0; i < 50; i++)
        {
            var client = new TcpClient();
            silent.Add(client);
            await client.ConnectAsync(address);
        }

        var node = await cluster.StartNodeAsync(1);
        Assert.True((await node.UpdateAsync(Bump)).Changed);
        silent.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Read_AcceptorThatConnectsButNeverAnswers_GoesOnWithTheOthers()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        var address = IPEndPoint.Parse(cluster.Nodes[2].Address);
        await cluster.StopAsync(2);
        using var mute = new TcpListener(address);
        mute.Start();

        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 10; i++)
        {
            Assert.True((await cluster.Nodes[0].UpdateAsync(Bump)).Changed);
        }

        Assert.Equal(10, (await cluster.Nodes[1].ReadAsync()).TableVersion);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"the rounds waited for the silent acceptor: {clock.Elapsed}");
    }

    [Fact]
    public async Task Update_StorageFails_DoesNotVoteAndRecovers()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        var disk = new FailingStorage();
        var node = await cluster.StartNodeAsync(1, options => options.Storage = disk);
        await cluster.Nodes[0].AddAcceptorAsync(node.Self, node.Address);

        disk.Fails = true;
        await Assert.ThrowsAsync<RegisterUnavailableException>(() => cluster.Nodes[0].UpdateAsync(Bump));
        disk.Fails = false;

        Assert.True((await cluster.Nodes[0].UpdateAsync(Bump)).Changed);
    }

    private static RegisterState Bump(RegisterState state) => state with { TableVersion = state.TableVersion + 1 };

    private static async Task<int> ReadOrClosedAsync(TcpClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1], cancellationToken);
        }
        catch (IOException)
        {
            // Reset instead of closed: bytes were left unread.
            return 0;
        }
    }

    private sealed class FailingStorage : IRegisterStorage
    {
        private readonly MemoryRegisterStorage _inner = new();

        public bool Fails { get; set; }

        public RegisterVotes? Load() => _inner.Load();

        public Task SaveAsync(RegisterVotes votes, CancellationToken cancellationToken) =>
            Fails ? Task.FromException(new IOException("the disk is full")) : _inner.SaveAsync(votes, cancellationToken);
    }
}
