using System.Net;
using static Orleans.Doozer.Clustering.Tests.Entries;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>What Orleans' own membership table tests ask of every provider, against registers of one and three nodes.</summary>
public sealed class MembershipTableContractTests
{
    public static TheoryData<int> Sizes => new() { 1, 3 };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task ReadAll_NewTable_IsEmptyAtVersionZeroWithAnEtag(int nodes)
    {
        await using var cluster = await RegisterCluster.StartAsync(nodes);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        await table.InitializeMembershipTableAsync(true, default);

        var data = await table.ReadAllAsync(default);

        Assert.Empty(data.Members);
        Assert.Equal(0, data.Version.Version);
        Assert.NotNull(data.Version.VersionEtag);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task InsertRow_StaleVersionOrSecondTime_LosesAndChangesNothing(int nodes)
    {
        await using var cluster = await RegisterCluster.StartAsync(nodes);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        var entry = Entry();
        var next = (await table.ReadAllAsync(default)).Version.Next();

        Assert.True(await table.InsertRowAsync(entry, next, default));
        Assert.False(await table.InsertRowAsync(entry, next, default));
        Assert.False(await table.InsertRowAsync(Entry(), next, default));
        var data = await table.ReadAllAsync(default);
        Assert.False(await table.InsertRowAsync(entry, data.Version.Next(), default));

        var row = await table.ReadRowAsync(entry.SiloAddress, default);
        Assert.Equal(1, row.Version.Version);
        Assert.NotEqual(next.VersionEtag, row.Version.VersionEtag);
        Assert.Equal(entry.ToFullString(), Assert.Single(row.Members).Item1.ToFullString());
        Assert.NotNull(row.Members[0].Item2);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task UpdateRow_StaleVersionOrStaleRow_LosesAndKeepsTheEtag(int nodes)
    {
        await using var cluster = await RegisterCluster.StartAsync(nodes);
        using var table = new DoozerMembershipTable(cluster.Nodes[nodes - 1]);
        var data = await table.ReadAllAsync(default);
        for (var i = 1; i < 5; i++)
        {
            var entry = Entry();
            entry.SuspectTimes = [Tuple.Create(Address(), DateTime.UtcNow), Tuple.Create(Address(), DateTime.UtcNow)];
            var inserting = data.Version.Next();
            Assert.True(await table.InsertRowAsync(entry, inserting, default));
            data = await table.ReadAllAsync(default);
            var before = data.TryGet(entry.SiloAddress)!.Item2;
            Assert.False(await table.UpdateRowAsync(entry, before, inserting, default));
            var updating = data.Version.Next();
            Assert.True(await table.UpdateRowAsync(entry, before, updating, default));
            Assert.False(await table.UpdateRowAsync(entry, before, updating, default));

            data = await table.ReadAllAsync(default);
            var (row, after) = data.TryGet(entry.SiloAddress)!;
            Assert.Equal(entry.ToFullString(), row.ToFullString());
            Assert.NotEqual(before, after);
            Assert.False(await table.UpdateRowAsync(entry, after, updating, default));
            Assert.False(await table.UpdateRowAsync(entry, before, data.Version.Next(), default));
            Assert.False(await table.UpdateRowAsync(Entry(), after, data.Version.Next(), default));

            data = await table.ReadAllAsync(default);
            Assert.Equal(after, data.TryGet(entry.SiloAddress)!.Item2);
            Assert.Equal(updating.Version, data.Version.Version);
            Assert.Equal(i, data.Members.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task InsertAndUpdateRow_RacingFromEveryNode_OneInsertWinsAndUpdatesSerialise(int nodes)
    {
        await using var cluster = await RegisterCluster.StartAsync(nodes);
        var tables = cluster.Nodes.Values.Select(node => new DoozerMembershipTable(node)).ToList();
        var entry = Entry();
        var next = (await tables[0].ReadAllAsync(default)).Version.Next();

        var inserts = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => tables[i % nodes].InsertRowAsync(entry, next, default)));
        Assert.Single(inserts, won => won);

        await Task.WhenAll(Enumerable.Range(0, 19).Select(async i =>
        {
            var table = tables[i % nodes];
            while (true)
            {
                var data = await table.ReadAllAsync(default);
                var (row, etag) = data.TryGet(entry.SiloAddress)!;
                try
                {
                    if (await table.UpdateRowAsync(row, etag, data.Version.Next(), default))
                    {
                        return;
                    }
                }
                catch (RegisterUnavailableException)
                {
                    // Racing proposers may starve one of them for a while; Orleans tries again too.
                }
            }
        })).WaitAsync(TimeSpan.FromSeconds(30));

        var all = await tables[0].ReadAllAsync(default);
        Assert.Equal(20, all.Version.Version);
        Assert.Single(all.Members);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task UpdateIAmAlive_OnOneNode_IsSeenByAllAndTouchesNoEtag(int nodes)
    {
        await using var cluster = await RegisterCluster.StartAsync(nodes);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        using var other = new DoozerMembershipTable(cluster.Nodes[nodes - 1]);
        var entry = Entry();
        Assert.True(await table.InsertRowAsync(entry, (await table.ReadAllAsync(default)).Version.Next(), default));
        var before = await table.ReadAllAsync(default);
        var alive = DateTime.UtcNow.AddSeconds(5);

        await table.UpdateIAmAliveAsync(new MembershipEntry { SiloAddress = entry.SiloAddress, IAmAliveTime = alive }, default);

        var after = await other.ReadAllAsync(default);
        Assert.Equal(alive, after.Members[0].Item1.IAmAliveTime);
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(before.Members[0].Item2, after.Members[0].Item2);
        Assert.True(await table.UpdateRowAsync(entry, before.Members[0].Item2, before.Version.Next(), default));
    }

    [Fact]
    public async Task CleanupDefunctSiloEntries_OldRowsOfEveryStatus_LeavesActiveAndNewOnes()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        foreach (var status in Enum.GetValues<SiloStatus>())
        {
            var old = Entry();
            old.Status = status;
            old.StartTime = old.IAmAliveTime = DateTime.UtcNow.AddDays(-10);
            Assert.True(await table.InsertRowAsync(old, (await table.ReadAllAsync(default)).Version.Next(), default));
        }

        Assert.True(await table.InsertRowAsync(Entry(), (await table.ReadAllAsync(default)).Version.Next(), default));
        await table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UtcNow.AddDays(-7), default);

        var left = (await table.ReadAllAsync(default)).Members.Select(member => member.Item1.Status).Order().ToArray();
        Assert.Equal([SiloStatus.Joining, SiloStatus.Active], left);
    }

    [Fact]
    public async Task DeleteMembershipTableEntries_RowsThere_EmptiesTheTable()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        Assert.True(await table.InsertRowAsync(Entry(), (await table.ReadAllAsync(default)).Version.Next(), default));

        await table.DeleteMembershipTableEntriesAsync("test", default);

        Assert.Empty((await table.ReadAllAsync(default)).Members);
    }

    [Fact]
    public async Task EveryMember_NoMajority_ThrowsAndNeverShowsAnEmptyTable()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        var version = (await table.ReadAllAsync(default)).Version;
        await cluster.StopAsync(1);
        await cluster.StopAsync(2);

        var calls = new Task[]
        {
            table.ReadAllAsync(default),
            table.ReadRowAsync(Address(), default),
            table.InsertRowAsync(Entry(), version.Next(), default),
            table.UpdateRowAsync(Entry(), "1", version.Next(), default),
            table.UpdateIAmAliveAsync(Entry(), default),
        };
        foreach (var call in calls)
        {
            await Assert.ThrowsAsync<RegisterUnavailableException>(() => call);
        }
    }

    [Fact]
    public async Task InitializeMembershipTable_NoMajority_WaitsUntilThereIsOne()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        await cluster.StopAsync(1);
        await cluster.StopAsync(2);
        using var table = new DoozerMembershipTable(cluster.Nodes[0], new SiloIdentity("NODE0", Address()));
        var waiting = table.InitializeMembershipTableAsync(true, default);
        await Assert.ThrowsAsync<RegisterUnavailableException>(() => cluster.Nodes[0].ReadAsync());
        Assert.False(waiting.IsCompleted);

        await cluster.StartNodeAsync(2);

        await waiting.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task InitializeMembershipTable_HostStopsWhileWaiting_Ends()
    {
        await using var cluster = await RegisterCluster.StartAsync(2);
        await cluster.StopAsync(1);
        using var leaving = new CancellationTokenSource();
        using var table = new DoozerMembershipTable(cluster.Nodes[0], new SiloIdentity("NODE0", Address()), leaving: leaving.Token);
        var waiting = table.InitializeMembershipTableAsync(true, default);
        Assert.False(waiting.IsCompleted);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task UpdateRow_OwnFarewellWithoutAMajority_IsTakenAsDoneSoonButNobodyElsesIs()
    {
        await using var cluster = await RegisterCluster.StartAsync(2);
        using var leaving = new CancellationTokenSource();
        var own = Entry();
        using var table = new DoozerMembershipTable(
            cluster.Nodes[0], new SiloIdentity("NODE0", own.SiloAddress), leaving: leaving.Token);
        Assert.True(await table.InsertRowAsync(own, (await table.ReadAllAsync(default)).Version.Next(), default));
        var before = await table.ReadAllAsync(default);
        await cluster.StopAsync(1);
        await Assert.ThrowsAsync<RegisterUnavailableException>(() => table.ReadAllAsync(default));

        await leaving.CancelAsync();
        var data = await table.ReadAllAsync(default);
        own.Status = SiloStatus.Dead;

        Assert.Equal(before.Version, data.Version);
        Assert.True(await table.UpdateRowAsync(own, data.Members[0].Item2, data.Version.Next(), default));
        var other = Entry();
        other.Status = SiloStatus.Dead;
        await Assert.ThrowsAnyAsync<Exception>(() => table.UpdateRowAsync(other, "1", data.Version.Next(), default));
    }

    [Fact]
    public async Task InsertRow_SameNodeWithLowerGenerations_MarksThemDeadInOneVersionStep()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var table = new DoozerMembershipTable(cluster.Nodes[0], new SiloIdentity("NODE0", Address()));
        MembershipEntry[] entries = [Entry("NODE0"), Entry("NODE1"), Entry("NODE0")];
        foreach (var entry in entries)
        {
            entry.Status = SiloStatus.Active;
            Assert.True(await table.InsertRowAsync(entry, (await table.ReadAllAsync(default)).Version.Next(), default));
        }

        var data = await table.ReadAllAsync(default);
        Assert.Equal(3, data.Version.Version);
        Assert.Equal(
            [SiloStatus.Dead, SiloStatus.Active, SiloStatus.Active],
            entries.Select(entry => data.TryGet(entry.SiloAddress)!.Item1.Status));
    }

    [Fact]
    public async Task InitializeMembershipTable_OwnPredecessorActive_IsDeadBeforeTheFirstRead()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var earlier = new DoozerMembershipTable(cluster.Nodes[0]);
        var old = Entry("NODE0");
        old.Status = SiloStatus.Active;
        Assert.True(await earlier.InsertRowAsync(old, (await earlier.ReadAllAsync(default)).Version.Next(), default));

        using var table = new DoozerMembershipTable(cluster.Nodes[0], new SiloIdentity("NODE0", Address()));
        await table.InitializeMembershipTableAsync(true, default);

        var data = await table.ReadAllAsync(default);
        Assert.Equal(SiloStatus.Dead, Assert.Single(data.Members).Item1.Status);
        Assert.Equal(2, data.Version.Version);
    }

    [Fact]
    public async Task InitializeMembershipTable_SilentRows_BuriesOnlyThoseThatNobodyListensFor()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var earlier = new DoozerMembershipTable(cluster.Nodes[0]);
        using var listening = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listening.Start();
        MembershipEntry[] entries =
            [Entry("GONE"), Entry("SLOW", ((IPEndPoint)listening.LocalEndpoint).Port), Entry("FRESH")];
        foreach (var entry in entries)
        {
            entry.Status = SiloStatus.Active;
            entry.StartTime = entry.IAmAliveTime = DateTime.UtcNow.AddMinutes(entry.SiloName == "FRESH" ? 0 : -1);
            Assert.True(await earlier.InsertRowAsync(entry, (await earlier.ReadAllAsync(default)).Version.Next(), default));
        }

        using var table = new DoozerMembershipTable(cluster.Nodes[0], new SiloIdentity("NODE0", Address()));
        await table.InitializeMembershipTableAsync(true, default);

        var data = await table.ReadAllAsync(default);
        Assert.Equal(
            [SiloStatus.Dead, SiloStatus.Active, SiloStatus.Active],
            entries.Select(entry => data.TryGet(entry.SiloAddress)!.Item1.Status));
    }

    [Fact]
    public async Task GetGateways_RowsOfEveryKind_GivesActiveOnesWithAProxyPort()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        MembershipEntry[] entries = [Entry(), Entry(), Entry()];
        entries[1].Status = entries[2].Status = SiloStatus.Active;
        entries[2].ProxyPort = 0;
        foreach (var entry in entries)
        {
            Assert.True(await table.InsertRowAsync(entry, (await table.ReadAllAsync(default)).Version.Next(), default));
        }

        using var provider = new DoozerGatewayListProvider(["127.0.0.1:1", cluster.Nodes[2].Address], TimeSpan.FromSeconds(5));
        var gateway = Assert.Single(await provider.GetGatewaysAsync(default));

        var silo = entries[1].SiloAddress;
        Assert.Equal(SiloAddress.New(silo.Endpoint.Address, entries[1].ProxyPort, silo.Generation).ToGatewayUri(), gateway);
    }
}
