using Orleans.Doozer.Consensus;
using Orleans.Doozer.Gateway.Tests.Support;
using Orleans.Doozer.Gateway.Verbs;
using Orleans.Doozer.Protocol;
using static Orleans.Doozer.Gateway.Tests.Support.Messages;

namespace Orleans.Doozer.Gateway.Tests;

/// <summary>STATUS, the verb that Doozer had not.</summary>
public sealed class StatusVerbTests
{
    [Fact]
    public async Task Status_Asked_TellsEachFigureOfTheNode()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var client = await host.ConnectAsync();

        Assert.Equal(
            new StatusReport
            {
                Node = SingleNodeStore.SelfId,
                Store = "default",
                Address = "127.0.0.1:8046",
                Hostname = "host",
                Version = "0.1",
                UptimeMs = 1234,
                ClusterName = "local",
                ClusterId = "c1",
                Journal = "sqlite",
                Joined = true,
                Leader = "LEADER",
                BallotRound = 7,
                Voters = { "LEADER", SingleNodeStore.SelfId },
                Votes = true,
                Behind = true,
                AppliedSlot = 100,
                AcceptedSlot = 102,
                Revision = 90,
                OldestRevision = 5,
                Files = 12,
                Bytes = 3456,
            },
            Read(await client.CallAsync(Ask(VerbTable.Status))));
    }

    [Fact]
    public async Task Status_NoQuorumAndNotJoined_IsAnsweredAtOnce()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Store.OnRead = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        host.Store.HasJoined = false;
        host.Store.Status = host.Store.Status with { HasJoined = false, Leader = NodeId.None, Voters = [] };
        await using var client = await host.ConnectAsync();
        await client.SendAsync(Get("/ctl/name", tag: 1), Ask(VerbTable.Status, tag: 2));

        // The read waits for ever; the status comes past it.
        var answer = await client.ReceiveAsync();
        Assert.Equal(2, answer.Tag);
        var report = Read(answer);
        Assert.Equal((false, "", 0), (report.Joined, report.Leader, report.Voters.Count));
    }

    [Fact]
    public async Task Status_ReadOnlySecret_IsAllowed()
    {
        await using var host = await GatewayHost.StartAsync(options =>
        {
            options.ReadWriteSecret = "rw";
            options.ReadOnlySecret = "ro";
        });
        await using var client = await host.ConnectAsync();
        Same(Denied(), await client.CallAsync(Ask(VerbTable.Status)));
        await client.CallAsync(Access("ro"));

        Assert.Equal(SingleNodeStore.SelfId, Read(await client.CallAsync(Ask(VerbTable.Status))).Node);
    }

    private static StatusReport Read(Response response)
    {
        Assert.False(response.HasErrCode);
        return StatusReport.Parser.ParseFrom(response.Value);
    }
}
