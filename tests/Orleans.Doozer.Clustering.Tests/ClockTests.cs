using System.Net;
using System.Net.Sockets;
using static Orleans.Doozer.Clustering.Tests.Entries;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>Nodes whose clocks are an hour apart.</summary>
public sealed class ClockTests
{
    private static readonly DoozerTableOptions Quick = new() { SilentAfter = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task Joining_DeadSilosSignsAreAnHourAhead_MarksItDeadAllTheSame()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        var gone = await InsertAsync(cluster, "GONE", port: 9, DateTime.UtcNow.AddHours(1));
        var joining = await InsertAsync(cluster, "NODE0", port: 8, DateTime.UtcNow, SiloStatus.Joining);
        using var table = new DoozerMembershipTable(cluster.Nodes[0], new SiloIdentity("NODE0", joining.SiloAddress), Quick);
        await table.InitializeMembershipTableAsync(true, default);

        await Poll.UntilAsync(
            async () => (await table.ReadAllAsync(default)).TryGet(gone.SiloAddress)!.Item1.Status == SiloStatus.Dead,
            TimeSpan.FromSeconds(10),
            "the silo that is gone is marked dead, though its last sign of life is of the future");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Joining_OwnClockIsAnHourOff_BuriesNobodyWhoLives(int hours)
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var listening = new TcpListener(IPAddress.Loopback, 0);
        listening.Start();
        var alive = await InsertAsync(cluster, "ALIVE", ((IPEndPoint)listening.LocalEndpoint).Port, DateTime.UtcNow);
        var gone = await InsertAsync(cluster, "GONE", port: 9, DateTime.UtcNow.AddMinutes(-1));
        var joining = await InsertAsync(cluster, "NODE0", port: 8, DateTime.UtcNow, SiloStatus.Joining);

        using var table = new DoozerMembershipTable(
            cluster.Nodes[0], new SiloIdentity("NODE0", joining.SiloAddress), Quick, time: new SkewedClock(TimeSpan.FromHours(hours)));
        await table.InitializeMembershipTableAsync(true, default);
        await Poll.UntilAsync(
            async () => (await table.ReadAllAsync(default)).TryGet(gone.SiloAddress)!.Item1.Status == SiloStatus.Dead,
            TimeSpan.FromSeconds(10),
            "the silo that is gone is marked dead");

        Assert.Equal(SiloStatus.Active, (await table.ReadAllAsync(default)).TryGet(alive.SiloAddress)!.Item1.Status);
    }

    private static async Task<MembershipEntry> InsertAsync(
        RegisterCluster cluster, string name, int port, DateTime sign, SiloStatus status = SiloStatus.Active)
    {
        using var table = new DoozerMembershipTable(cluster.Nodes[0]);
        var entry = Entry(name, port);
        (entry.Status, entry.StartTime, entry.IAmAliveTime) = (status, sign, sign);
        Assert.True(await table.InsertRowAsync(entry, (await table.ReadAllAsync(default)).Version.Next(), default));
        return entry;
    }

    private sealed class SkewedClock(TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;
    }
}
