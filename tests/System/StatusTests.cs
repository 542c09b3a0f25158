using System.Text.Json;

namespace Orleans.Doozer.SystemTests;

/// <summary>doozer status and doozer members against real nodes, some of them killed.</summary>
[Collection("system")]
public sealed class StatusTests
{
    [Fact]
    public async Task StatusAndMembers_NodesDieAndComeBack_TellAndRefuse()
    {
        await using var cluster = await DoozerdCluster.StartAsync();
        await WaitForStatusAsync(
            cluster,
            summary => summary.StartsWith("3 of 3 voters reachable, leader ", StringComparison.Ordinal) && summary.EndsWith(", quorum ok", StringComparison.Ordinal));

        // From one node alone the others are found.
        var table = await DoozerAsync(cluster.Nodes[1].Uri, "status");
        Assert.Equal(0, table.ExitCode);
        Assert.Equal(1 + 1 + 3 + 1, table.Output.TrimEnd('\n').Split('\n').Length);
        Assert.EndsWith(", quorum ok\n", table.Output, StringComparison.Ordinal);
        var status = await JsonAsync(cluster);
        var ids = cluster.Nodes.ConvertAll(node => IdOf(status, node));
        Assert.Equal(ids.Order(), status.GetProperty("registerKeepers").EnumerateArray().Select(keeper => keeper.GetString()!).Order());

        var leader = cluster.FindLeader();
        var (dead, alive) = ((leader + 1) % 3, (leader + 2) % 3);
        Assert.Equal(ids[leader], status.GetProperty("leader").GetString());
        await cluster.Nodes[dead].KillAsync();
        var oneDead = await DoozerAsync(cluster.Nodes[alive].Uri, "status");
        Assert.Equal(0, oneDead.ExitCode);
        Assert.Contains("unreachable: connection refused", oneDead.Output, StringComparison.Ordinal);
        Assert.Contains("2 of 3 voters reachable, leader ", oneDead.Output, StringComparison.Ordinal);

        await RefusesToLoseTheQuorumAsync(cluster, alive);
        await RemovesAndAddsTheDeadOneAsync(cluster, ids[dead]);

        cluster.Nodes[dead].Start();
        await cluster.Nodes[dead].WaitAsync();
        await WaitForStatusAsync(cluster, summary => summary.StartsWith("3 of 3", StringComparison.Ordinal));

        await RemovesAndAddsAHealthyOneAsync(cluster, ids[alive]);

        await cluster.Nodes[leader].KillAsync();
        await cluster.Nodes[dead].KillAsync();
        var alone = await DoozerAsync(cluster.Nodes[alive].Uri, "status");
        Assert.Equal(2, alone.ExitCode);
        Assert.EndsWith("\nNO QUORUM: 1 of 3 voters reachable\n", alone.Output, StringComparison.Ordinal);
        var remove = await DoozerAsync(cluster.Nodes[alive].Uri, "members", "remove", ids[dead]);
        Assert.Equal(2, remove.ExitCode);
        Assert.Contains("cannot decide a change now (NO QUORUM", remove.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await DoozerAsync(cluster.Nodes[alive].Uri, "members")).ExitCode);
    }

    private static async Task RefusesToLoseTheQuorumAsync(DoozerdCluster cluster, int alive)
    {
        var refused = await DoozerAsync(cluster.Uri, "members", "remove", $"127.0.0.1:{cluster.Nodes[alive].Port}");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("only 1 of 2 voters would be reachable, no majority", refused.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await JsonAsync(cluster)).GetProperty("voters").GetArrayLength());
    }

    private static async Task RemovesAndAddsTheDeadOneAsync(DoozerdCluster cluster, string dead)
    {
        var removed = await DoozerAsync(cluster.Uri, "members", "remove", dead[..8]);
        Assert.True(removed.ExitCode == 0, removed.Error);
        Assert.Contains("votes no more", removed.Output, StringComparison.Ordinal);
        Assert.Contains("\n2 of 2 voters reachable", removed.Output, StringComparison.Ordinal);
        Assert.StartsWith("Warning: 2 voters survive no more failures than 1 would", removed.Error, StringComparison.Ordinal);
        Assert.Equal("true", (await DoozerAsync(cluster.Uri, "get", $"/ctl/node/{dead}/standby")).Output);
        var nodes = (await JsonAsync(cluster)).GetProperty("nodes").EnumerateArray().ToList();
        Assert.Equal((dead, "gone"), (nodes[^1].GetProperty("id").GetString(), nodes[^1].GetProperty("state").GetString()));

        var refused = await DoozerAsync(cluster.Uri, "members", "add", dead);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("is not reachable from here (connection refused)", refused.Error, StringComparison.Ordinal);

        var added = await DoozerAsync(cluster.Uri, "members", "add", dead, "--force");
        Assert.True(added.ExitCode == 0, added.Error);
        Assert.Contains("\n2 of 3 voters reachable", added.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await DoozerAsync(cluster.Uri, "stat", $"/ctl/node/{dead}/standby")).ExitCode);
    }

    private static async Task RemovesAndAddsAHealthyOneAsync(DoozerdCluster cluster, string voter)
    {
        var removed = await DoozerAsync(cluster.Uri, "members", "remove", voter);
        Assert.True(removed.ExitCode == 0, removed.Error);
        var node = (await JsonAsync(cluster)).GetProperty("nodes").EnumerateArray().Single(found => found.GetProperty("id").GetString() == voter);
        Assert.Equal(("standby", "healthy"), (node.GetProperty("role").GetString(), node.GetProperty("state").GetString()));

        var added = await DoozerAsync(cluster.Uri, "members", "add", voter);
        Assert.True(added.ExitCode == 0, added.Error);
        Assert.Contains("\n3 of 3 voters reachable", added.Output, StringComparison.Ordinal);
    }

    private static string IdOf(JsonElement status, DoozerdProcess node) =>
        status.GetProperty("nodes").EnumerateArray()
            .Single(found => found.GetProperty("address").GetString() == $"127.0.0.1:{node.Port}").GetProperty("id").GetString()!;

    private static Task<TimeSpan> WaitForStatusAsync(DoozerdCluster cluster, Predicate<string> holds) => Wait.UntilAsync(
        async () => holds((await JsonAsync(cluster)).GetProperty("summary").GetString()!), "the status is as expected");

    private static async Task<JsonElement> JsonAsync(DoozerdCluster cluster)
    {
        var result = await DoozerAsync(cluster.Uri, "status", "--json");
        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }

    private static Task<ProgramResult> DoozerAsync(string uri, params string[] arguments) =>
        Programs.RunAsync(Programs.Doozer, arguments, uri: uri);
}
