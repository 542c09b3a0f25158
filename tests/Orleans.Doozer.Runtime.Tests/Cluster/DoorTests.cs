using System.Diagnostics;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Grains;
using Orleans.Doozer.Runtime.Stores;

namespace Orleans.Doozer.Runtime.Tests.Cluster;

/// <summary>Who may call which grain, and where it lives.</summary>
[Collection(ClusterTests.Name)]
public sealed class DoorTests(SharedCluster shared)
{
    private IClusterClient External => shared.Cluster.ClusterClient;

    [Fact]
    public async Task Acceptor_ExternalClient_IsRefused()
    {
        var acceptor = External.GetGrain<IAcceptorGrain>(KeyOf(0));
        var error = await Assert.ThrowsAsync<DoozerException>(
            () => acceptor.Prepare(OwnEnvelope(), new Prepare(new Ballot(1000, shared.Cluster.Node(1).Id), new Slot(1))));
        Assert.Equal(DoozerErrorCode.AccessDenied, error.Code);
        Assert.True((await shared.Client.NopAsync()).IsFile);
    }

    [Fact]
    public async Task KeyStore_ExternalClient_IsRefused()
    {
        var store = External.GetGrain<IKeyStoreGrain>(KeyOf(0));
        var error = await Assert.ThrowsAsync<DoozerException>(() => store.Propose(OwnEnvelope(), new ProposeRequest([])));
        Assert.Equal(DoozerErrorCode.AccessDenied, error.Code);
    }

    [Fact]
    public async Task Store_ExternalClient_IsServed()
    {
        var route = await External.GetGrain<IStoreGrain>("default").Route();
        Assert.Equal(DoozerErrorCode.None, route.Status.Error);
        Assert.Contains(route.Node, route.Nodes);
        Assert.Equal(shared.Cluster.Nodes.Select(node => node.Id.Value).Order(StringComparer.Ordinal), route.Nodes);
    }

    [Fact]
    public async Task Store_SeveralWritesInACall_EachIsJudgedByItself()
    {
        var door = External.GetGrain<IStoreGrain>("default");
        var since = (await door.Route()).Status.Position;
        var client = Guid.NewGuid();
        WriteRequest Set(long number, string path, Revision expected) =>
            new(new RequestId(client, number, since), WriteKind.Set, path, new byte[] { 1 }, expected);

        var replies = await door.WriteAll(
            [Set(1, "/doors/a", Revision.Clobber), Set(2, "no path", Revision.Clobber), Set(3, "/doors/a", Revision.Missing), Set(1, "/doors/a", Revision.Clobber)]);
        Assert.Equal(
            [DoozerErrorCode.None, DoozerErrorCode.BadPath, DoozerErrorCode.RevisionMismatch, DoozerErrorCode.None],
            replies.Select(reply => reply.Error));
        Assert.Equal(replies[0].Revision, replies[3].Revision);
    }

    [Fact]
    public async Task Store_SeveralReadsInACall_AnswersAsManyAsThereIsRoomFor()
    {
        var large = new byte[700_000];
        for (var i = 0; i < 3; i++)
        {
            await shared.Client.SetAsync($"/doors/large/{i}", large, Revision.Clobber);
        }

        var replies = await External.GetGrain<IStoreGrain>("default").GetAll(
            [Get("/doors/none"), Get("no path"), Get("/doors/large/0"), Get("/doors/large/1"), Get("/doors/large/2")]);
        Assert.Equal([DoozerErrorCode.None, DoozerErrorCode.BadPath], replies.Take(2).Select(reply => reply!.Status.Error));
        Assert.Null(replies[0]!.Entry);
        Assert.Equal([700_000, 700_000, null], replies.Skip(2).Select(reply => reply?.Entry?.Value.Length));
        var read = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => shared.Client.GetAsync($"/doors/large/{number % 3}")));
        Assert.All(read, entry => Assert.Equal(large.Length, entry!.Value.Length));
    }

    [Fact]
    public async Task Store_MoreInACallThanAllowed_AreRefused()
    {
        var door = External.GetGrain<IStoreGrain>("default");
        var write = new WriteRequest(new RequestId(Guid.NewGuid(), 1, 0), WriteKind.Nop, "/", default, Revision.Clobber);
        var written = await door.WriteAll([.. Enumerable.Repeat(write, StoreBatches.MaxRequests + 1)]);
        Assert.All(written, reply => Assert.Equal(DoozerErrorCode.LimitExceeded, reply.Error));
        var read = await door.GetAll([.. Enumerable.Repeat(Get("/a"), StoreBatches.MaxRequests + 1)]);
        Assert.All(read, reply => Assert.Equal(DoozerErrorCode.LimitExceeded, reply!.Status.Error));
    }

    [Fact]
    public async Task Store_UnknownName_SaysWhichThereAre()
    {
        var error = await Assert.ThrowsAsync<DoozerException>(() => External.GetDoozer("other").GetAsync("/a"));
        Assert.Contains("it has: default", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Acceptor_OtherCluster_IsRefused()
    {
        var acceptor = shared.Cluster.GetService<IGrainFactory>(1).GetGrain<IAcceptorGrain>(KeyOf(0));
        var stranger = new Envelope("another", shared.Cluster.Node(1).Id);
        await Assert.ThrowsAsync<DoozerException>(() => acceptor.HighestAccepted(stranger, new HighestAcceptedQuery(1)));
    }

    [Fact]
    public async Task NodeGrains_CalledFromEverywhere_LiveOnTheirNodeOnly()
    {
        for (var from = 0; from < 3; from++)
        {
            for (var to = 0; to < 3; to++)
            {
                var acceptor = shared.Cluster.GetService<IGrainFactory>(from).GetGrain<IAcceptorGrain>(KeyOf(to));
                Assert.IsType<HighestAccepted>(await acceptor.HighestAccepted(OwnEnvelope(), new HighestAcceptedQuery(1)));
            }
        }

        var grains = await External.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var bound = grains.Where(grain => NodeGrainKeys.TryParse(grain.GrainId.Key.ToString()!, out var store, out _, out _)
            && store == "default").ToList();
        foreach (var node in shared.Cluster.Nodes)
        {
            var own = bound.Where(
                grain => grain.GrainId.Key.ToString()!.Contains(node.Id.Value, StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(own);
            Assert.All(own, grain => Assert.Equal(node.Silo.SiloAddress, grain.SiloAddress));
        }
    }

    [Fact]
    public async Task Acceptor_NodeIsNotActive_FailsFast()
    {
        var nobody = NodeId.FromRandom(new byte[10]);
        var acceptor = shared.Cluster.GetService<IGrainFactory>(0)
            .GetGrain<IAcceptorGrain>(NodeGrainKeys.Create("default", nobody.Value));
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<Exception>(() => acceptor.HighestAccepted(OwnEnvelope(), new HighestAcceptedQuery(1)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"it took {watch.Elapsed}");
    }

    private string KeyOf(int node) => NodeGrainKeys.Create("default", shared.Cluster.Node(node).Id.Value);

    private Envelope OwnEnvelope() =>
        new(shared.Cluster.GetService<StoreHosts>(0).ClusterId, shared.Cluster.Node(1).Id);

    private static ReadRequest Get(string path) => new(path, DoozerRead.Linearizable);
}
