using static Orleans.Doozer.Clustering.Tests.Entries;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>Rules of Orleans' contract that its own provider tests do not ask for, but that silos die by.</summary>
public sealed class MembershipTableRuleTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InitializeMembershipTable_TableInUse_ChangesNothing(bool tryInitTableVersion)
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        Assert.True(await table.InsertRowAsync(Entry(), (await table.ReadAllAsync(default)).Version.Next(), default));
        var before = await table.ReadAllAsync(default);

        using var second = new DoozerMembershipTable(cluster.Nodes[1], new SiloIdentity("NODE1", Address()));
        await second.InitializeMembershipTableAsync(tryInitTableVersion, default);

        var after = await second.ReadAllAsync(default);
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(before.Members.Select(Text), after.Members.Select(Text));
    }

    [Fact]
    public async Task DeleteMembershipTableEntries_OfAnotherCluster_KeepsTheRows()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        Assert.True(await table.InsertRowAsync(Entry(), (await table.ReadAllAsync(default)).Version.Next(), default));

        await table.DeleteMembershipTableEntriesAsync("another", default);

        Assert.Single((await table.ReadAllAsync(default)).Members);
    }

    [Fact]
    public async Task CleanupDefunctSiloEntries_DeadRowWithALateStartVoteOrSignOfLife_IsKept()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        var (old, late) = (DateTime.UtcNow.AddDays(-10), DateTime.UtcNow.AddDays(-1));
        var (gone, started, voted, alive) = (Dead(old), Dead(old), Dead(old), Dead(old));
        started.StartTime = late;
        voted.SuspectTimes = [Tuple.Create(Address(), old), Tuple.Create(Address(), late)];
        foreach (var entry in new[] { gone, started, voted, alive })
        {
            Assert.True(await table.InsertRowAsync(entry, (await table.ReadAllAsync(default)).Version.Next(), default));
        }

        await table.UpdateIAmAliveAsync(new MembershipEntry { SiloAddress = alive.SiloAddress, IAmAliveTime = late }, default);
        await table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UtcNow.AddDays(-7), default);

        var left = (await table.ReadAllAsync(default)).Members.Select(member => member.Item1.SiloAddress).ToHashSet();
        Assert.Equal([started.SiloAddress, voted.SiloAddress, alive.SiloAddress], left);
    }

    [Fact]
    public async Task ReadRow_NoSuchRow_GivesTheVersionAndNoRow()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        Assert.True(await table.InsertRowAsync(Entry(), (await table.ReadAllAsync(default)).Version.Next(), default));

        var row = await table.ReadRowAsync(Address(), default);

        Assert.Empty(row.Members);
        Assert.Equal((await table.ReadAllAsync(default)).Version, row.Version);
    }

    [Fact]
    public async Task ReadAll_WhileRowsAreInserted_ShowsRowsAndVersionOfOneMomentAndNeverGoesBack()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        using var writer = new DoozerMembershipTable(cluster.Nodes[0]);
        using var done = new CancellationTokenSource();
        var readers = cluster.Nodes.Values.Select(node => Task.Run(async () =>
        {
            using var table = new DoozerMembershipTable(node);
            var (last, reads) = (0, 0);
            while (!done.IsCancellationRequested)
            {
                var data = await table.ReadAllAsync(default);
                Assert.Equal(data.Version.Version, data.Members.Count);
                Assert.True(data.Version.Version >= last, $"version {data.Version.Version} after {last}");
                (last, reads) = (data.Version.Version, reads + 1);
            }

            return reads;
        })).ToList();

        for (var row = 0; row < 50; row++)
        {
            Assert.True(await writer.InsertRowAsync(Entry(), (await writer.ReadAllAsync(default)).Version.Next(), default));
        }

        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads > 1, "a reader never had its turn"));
    }

    [Fact]
    public async Task ReadAll_AtAnyOtherNodeRightAfterAnInsert_ShowsTheRow()
    {
        // A silo that misses its own row takes itself for dead.
        await using var cluster = await RegisterCluster.StartAsync(3);
        var tables = cluster.Nodes.Values.Select(node => new DoozerMembershipTable(node)).ToList();
        for (var round = 0; round < 10; round++)
        {
            var entry = Entry();
            var at = round % 3;
            Assert.True(await tables[at].InsertRowAsync(entry, (await tables[at].ReadAllAsync(default)).Version.Next(), default));
            Assert.NotNull((await tables[(at + 1) % 3].ReadAllAsync(default)).TryGet(entry.SiloAddress));
            Assert.NotNull((await tables[(at + 2) % 3].ReadRowAsync(entry.SiloAddress, default)).TryGet(entry.SiloAddress));
        }
    }

    [Fact]
    public async Task UpdateRow_OfASiloMarkedDeadMeanwhile_LosesAndItStaysDead()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var frozen = new DoozerMembershipTable(cluster.Nodes[0]);
        var entry = Entry();
        Assert.True(await frozen.InsertRowAsync(entry, (await frozen.ReadAllAsync(default)).Version.Next(), default));
        var seen = await frozen.ReadAllAsync(default);
        using var other = new DoozerMembershipTable(cluster.Nodes[0]);
        var verdict = (await other.ReadAllAsync(default)).Members[0];
        verdict.Item1.Status = SiloStatus.Dead;
        Assert.True(await other.UpdateRowAsync(verdict.Item1, verdict.Item2, seen.Version.Next(), default));

        entry.Status = SiloStatus.Active;

        Assert.False(await frozen.UpdateRowAsync(entry, seen.Members[0].Item2, seen.Version.Next(), default));
        Assert.False(await frozen.InsertRowAsync(entry, (await frozen.ReadAllAsync(default)).Version.Next(), default));
        Assert.Equal(SiloStatus.Dead, Assert.Single((await frozen.ReadAllAsync(default)).Members).Item1.Status);
    }

    [Fact]
    public async Task UpdateIAmAlive_OnlyAddressAndTimeGiven_ChangesThatColumnOfThatRowOnly()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        MembershipEntry[] entries = [Entry("A"), Entry("B")];
        foreach (var entry in entries)
        {
            Assert.True(await table.InsertRowAsync(entry, (await table.ReadAllAsync(default)).Version.Next(), default));
        }

        entries[1].IAmAliveTime = DateTime.UtcNow.AddSeconds(7);
        await table.UpdateIAmAliveAsync(
            new MembershipEntry { SiloAddress = entries[1].SiloAddress, IAmAliveTime = entries[1].IAmAliveTime }, default);
        await table.UpdateIAmAliveAsync(new MembershipEntry { SiloAddress = Address(), IAmAliveTime = DateTime.UtcNow }, default);

        var data = await table.ReadAllAsync(default);
        Assert.Equal(entries.Select(entry => entry.ToFullString()).Order(), data.Members.Select(member => member.Item1.ToFullString()).Order());
    }

    [Fact]
    public async Task UpdateIAmAlive_BesideRacingUpdates_CostsNobodyAnEtag()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        var entry = Entry();
        Assert.True(await table.InsertRowAsync(entry, (await table.ReadAllAsync(default)).Version.Next(), default));
        using var done = new CancellationTokenSource();
        var beating = Task.Run(async () =>
        {
            using var other = new DoozerMembershipTable(cluster.Nodes[1]);
            for (var beat = 1; !done.IsCancellationRequested; beat++)
            {
                await other.UpdateIAmAliveAsync(
                    new MembershipEntry { SiloAddress = entry.SiloAddress, IAmAliveTime = entry.IAmAliveTime.AddSeconds(beat) }, default);
            }
        });

        for (var update = 0; update < 50; update++)
        {
            var data = await table.ReadAllAsync(default);
            Assert.True(await table.UpdateRowAsync(data.Members[0].Item1, data.Members[0].Item2, data.Version.Next(), default));
        }

        await done.CancelAsync();
        await beating;
        Assert.Equal(51, (await table.ReadAllAsync(default)).Version.Version);
    }

    [Fact]
    public async Task ReadAll_MajorityLostAndBack_ThrowsMeanwhileAndShowsTheSameRowsAfter()
    {
        await using var cluster = await RegisterCluster.StartAsync(3);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        Assert.True(await table.InsertRowAsync(Entry(), (await table.ReadAllAsync(default)).Version.Next(), default));
        var before = await table.ReadAllAsync(default);
        await cluster.StopAsync(1);
        await cluster.StopAsync(2);
        await Assert.ThrowsAsync<RegisterUnavailableException>(() => table.ReadAllAsync(default));

        await cluster.StartNodeAsync(1);

        var after = await table.ReadAllAsync(default);
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(before.Members.Select(Text), after.Members.Select(Text));
    }

    [Fact]
    public async Task MembersWithoutCancellation_CalledByOlderCode_DoTheSame()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
#pragma warning disable CS0618 // Obsolete, but still there to be called.
        await table.InitializeMembershipTable(true);
        var entry = Entry();
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        var data = await table.ReadRow(entry.SiloAddress);
        Assert.True(await table.UpdateRow(entry, data.Members[0].Item2, data.Version.Next()));
        Assert.False(await table.UpdateRow(entry, data.Members[0].Item2, data.Version.Next()));
        entry.IAmAliveTime = DateTime.UtcNow.AddSeconds(3);
        await table.UpdateIAmAlive(entry);
        Assert.Equal(entry.IAmAliveTime, (await table.ReadAll()).Members[0].Item1.IAmAliveTime);
        await table.CleanupDefunctSiloEntries(DateTimeOffset.UtcNow.AddDays(1));
        Assert.Empty((await table.ReadAll()).Members);
        Assert.True(await table.InsertRow(Entry(), (await table.ReadAll()).Version.Next()));
        await table.DeleteMembershipTableEntries("test");
        Assert.Empty((await table.ReadAll()).Members);
#pragma warning restore CS0618
    }

    private static MembershipEntry Dead(DateTime when)
    {
        var entry = Entry();
        entry.Status = SiloStatus.Dead;
        entry.StartTime = entry.IAmAliveTime = when;
        return entry;
    }

    private static string Text(Tuple<MembershipEntry, string> member) => $"{member.Item1.ToFullString()} {member.Item2}";
}
