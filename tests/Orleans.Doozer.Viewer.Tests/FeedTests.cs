using System.Text.Json;
using System.Text.RegularExpressions;
using Orleans.Doozer.TestingHost;
using Orleans.Doozer.Viewer.Feeds;
using Orleans.Doozer.Viewer.Tests.Support;

namespace Orleans.Doozer.Viewer.Tests;

public sealed partial class FeedTests
{
    [Fact]
    public async Task Feeds_OfThreeNodes_ComeFromEachNodesOwnWord()
    {
        await using var cluster = await DoozerTestCluster.StartAsync(3);
        var leader = await cluster.LeaderAsync();
        await using var site = await Site.StartAsync(cluster.Nodes.First(node => node.Id != leader.Id));
        using var page = await site.ConnectAsync();
        await page.SendAsync(new { type = "feeds", on = new[] { "cluster", "paxos" } });

        var nodes = (await page.ReceiveAsync("cluster")).GetProperty("nodes").EnumerateArray().ToList();
        Assert.Equal(cluster.Nodes.Select(node => node.Id.Value).Order(), nodes.Select(node => node.GetProperty("node").GetString()!));
        Assert.All(nodes, node => Assert.True(node.GetProperty("reachable").GetBoolean()));
        Assert.Equal(leader.Id.Value, nodes.Single(node => node.GetProperty("role").GetString() == "leader").GetProperty("node").GetString());
        Assert.Equal(["0", "1", "2"], nodes.Select(node => node.GetProperty("calSlot").GetString()!).Order());

        // The first frame turned the taps on; what is written now is seen at each acceptor.
        await page.ReceiveAsync("paxos");
        await site.SetAsync("/x", "voted on");
        var seen = new Dictionary<string, List<JsonElement>>();
        while (!IsComplete(seen, leader.Id.Value))
        {
            foreach (var node in (await page.ReceiveAsync("paxos")).GetProperty("nodes").EnumerateArray())
            {
                var name = node.GetProperty("node").GetString()!;
                Assert.True(node.GetProperty("reachable").GetBoolean());
                seen.TryAdd(name, []);
                seen[name].AddRange(node.GetProperty("events").EnumerateArray());
            }
        }

        foreach (var events in seen.Values)
        {
            var numbers = events.Select(happened => happened.GetProperty("n").GetInt64()).ToList();
            Assert.Equal(numbers.Distinct().Order(), numbers);
        }

        // The leader sent Accept to all voters, and each voter's own account holds its Accepted for the same slot.
        var slot = seen[leader.Id.Value].Last(happened => Is(happened, "accept", "out")).GetProperty("slot").GetInt64();
        Assert.All(seen.Where(node => node.Key != leader.Id.Value), node =>
            Assert.Contains(node.Value, happened => Is(happened, "accepted", "out") && happened.GetProperty("slot").GetInt64() == slot));

        static bool Is(JsonElement happened, string kind, string way) =>
            happened.GetProperty("kind").GetString() == kind && happened.GetProperty("way").GetString() == way;

        static bool IsComplete(Dictionary<string, List<JsonElement>> seen, string leader) =>
            seen.Count == 3
            && seen[leader].LastOrDefault(happened => happened.GetProperty("kind").GetString() == "accept") is { ValueKind: JsonValueKind.Object } accept
            && seen.Values.All(events => events.Exists(
                happened => happened.GetProperty("kind").GetString() == "accepted"
                    && happened.GetProperty("slot").GetInt64() == accept.GetProperty("slot").GetInt64()))
            && seen[leader].Exists(happened => happened.GetProperty("kind").GetString() == "decided");
    }

    [Fact]
    public async Task Series_AfterSomeLoad_HasItsRatesAndLatencies()
    {
        await using var cluster = await DoozerTestCluster.StartAsync(
            1, options => options.OnDisk = true);
        await using var site = await Site.StartAsync(cluster.Node(0));
        using var page = await site.ConnectAsync();
        await page.SendAsync(new { type = "feeds", on = new[] { "series" } });
        await page.SendAsync(new { type = "watch", id = "w", glob = "/x" });

        // Its first second begins when it first looks at the node.
        var known = (await page.ReceiveAsync("series")).GetProperty("points")[0].GetProperty("at").GetInt64();
        for (var i = 0; i < 100; i++)
        {
            await site.SetAsync("/x", $"{i}");
        }

        JsonElement point;
        do
        {
            point = (await page.ReceiveAsync("series")).GetProperty("points").EnumerateArray().Last();
            Assert.True(point.GetProperty("at").GetInt64() > known, "a point came twice");
            known = point.GetProperty("at").GetInt64();
        }
        while (point.GetProperty("writes").GetInt64() < 5);

        Assert.InRange(point.GetProperty("writeP50").GetDouble(), 0.001, point.GetProperty("writeP99").GetDouble());
        Assert.InRange(point.GetProperty("syncP50").GetDouble(), 0.001, point.GetProperty("syncP99").GetDouble());
        Assert.True(point.GetProperty("syncs").GetInt64() > 0);
        Assert.True(point.GetProperty("revisions").GetInt64() > 0);
        Assert.Equal(0, point.GetProperty("writeFailures").GetInt64());
    }

    [Fact]
    public async Task Metrics_AfterAWrite_ArePrometheusTextThatCountsIt()
    {
        await using var cluster = await DoozerTestCluster.StartAsync(1);
        await using var site = await Site.StartAsync(cluster.Node(0));
        await site.SetAsync("/x", "1");
        using var response = await site.GetAsync("/metrics");
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("text/plain", response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        Assert.All(lines, line => Assert.True(line.StartsWith('#') || Sample().IsMatch(line), line));
        Assert.Contains(lines, line => line.StartsWith("doozer_write_duration_seconds_count{", StringComparison.Ordinal)
            && line.Contains("outcome=\"ok\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("doozer_store_revision{", StringComparison.Ordinal)
            && line.Contains("store=\"default\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("dotnet_gc_", StringComparison.Ordinal));
    }

    [Fact]
    public void LatencyWindow_OfKnownTimes_TellsTheirPercentiles()
    {
        var window = new LatencyWindow();
        for (var i = 1; i <= 1000; i++)
        {
            window.Add(i / 1000.0 / 10);
        }

        var (count, p50, p99) = window.Take();
        Assert.Equal(1000, count);
        Assert.InRange(p50!.Value, 50 * 0.88, 50 * 1.12);
        Assert.InRange(p99!.Value, 99 * 0.88, 99 * 1.12);
        Assert.Equal((0, null, null), window.Take());
    }

    [Theory]
    [InlineData(0, 0.001)]
    [InlineData(1e-9, 0.001)]
    [InlineData(1e-6, 0.001)]
    [InlineData(0.0005, 0.5)]
    [InlineData(1, 1000)]
    [InlineData(10, 10_000)]
    public void LatencyWindow_OfOneTime_IsNearIt(double seconds, double milliseconds)
    {
        var window = new LatencyWindow();
        window.Add(seconds);
        Assert.InRange(window.Take().P50!.Value, milliseconds * 0.88, milliseconds * 1.12);
    }

    [Fact]
    public void LatencyWindow_OfADay_IsCounted()
    {
        var window = new LatencyWindow();
        window.Add(86_400);
        Assert.Equal(1, window.Take().Count);
    }

    [GeneratedRegex("""^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="[^"]*",?)*\})? (-?[0-9.eE+-]+|NaN|[+-]Inf)( [0-9]+)?$""")]
    private static partial Regex Sample();
}
