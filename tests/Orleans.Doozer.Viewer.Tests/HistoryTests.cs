using System.Net;
using System.Text.Json;
using Orleans.Doozer.TestingHost;
using Orleans.Doozer.Viewer.Tests.Support;

namespace Orleans.Doozer.Viewer.Tests;

public sealed class HistoryTests
{
    [Fact]
    public async Task History_OfAFile_IsItsChangesNewestFirst()
    {
        await using var cluster = await QuietAsync(1000);
        await using var site = await Site.StartAsync(cluster.Node(0));
        var one = await site.SetAsync("/x", "one");
        await site.SetAsync("/other", "noise");
        var two = await site.SetAsync("/x", "two");
        var gone = await site.DeleteAsync("/x");
        var three = await site.SetAsync("/x", "three");
        var all = await site.GetJsonAsync("/api/history?path=/x");
        Assert.Equal([three, gone, two, one], Revisions(all));
        Assert.Equal(["three", null, "two", "one"], all.GetProperty("versions").EnumerateArray().Select(Value));
        Assert.False(all.GetProperty("more").GetBoolean());

        var page = await site.GetJsonAsync("/api/history?path=/x&limit=2");
        Assert.True(page.GetProperty("more").GetBoolean());
        Assert.Equal([three, gone], Revisions(page));
        var rest = await site.GetJsonAsync($"/api/history?path=/x&limit=2&before={gone}");
        Assert.Equal([two, one], Revisions(rest));
        Assert.False(rest.GetProperty("more").GetBoolean());
        Assert.Empty(Revisions(await site.GetJsonAsync("/api/history?path=/never")));
    }

    [Fact]
    public async Task History_ThatIsNoLongerKept_SaysSo()
    {
        await using var cluster = await QuietAsync(20);
        await using var site = await Site.StartAsync(cluster.Node(0));
        var still = await site.SetAsync("/still", "old");
        var first = await site.SetAsync("/x", "first");
        for (var i = 0; i < 30; i++)
        {
            await site.SetAsync("/noise", $"{i}");
        }

        var second = await site.SetAsync("/x", "second");
        var changed = await site.GetJsonAsync("/api/history?path=/x");
        Assert.Equal([second, first], Revisions(changed));
        Assert.True(changed.GetProperty("versions")[1].GetProperty("beforeHistory").GetBoolean());
        var unchanged = await site.GetJsonAsync("/api/history?path=/still");
        Assert.Equal([still], Revisions(unchanged));
        Assert.True(unchanged.GetProperty("versions")[0].GetProperty("beforeHistory").GetBoolean());

        foreach (var address in new[] { $"/api/tree?revision={first}", $"/api/events?from={first}" })
        {
            using var response = await site.GetAsync(address);
            var body = await AccessTests.RequireRefusalAsync(response, HttpStatusCode.Gone, "tooLate");
            Assert.Equal(changed.GetProperty("oldest").GetInt64(), body.GetProperty("error").GetProperty("oldest").GetInt64());
        }
    }

    [Fact]
    public async Task Events_ByPages_AreAllOfThemOnce()
    {
        await using var cluster = await QuietAsync(1000);
        await using var site = await Site.StartAsync(cluster.Node(0));
        var written = new List<long>();
        for (var i = 0; i < 25; i++)
        {
            written.Add(await site.SetAsync($"/in/{i % 3}", $"{i}"));
            await site.SetAsync("/out", "noise");
        }

        var seen = new List<long>();
        for (long from = 1, at = long.MaxValue; from <= at;)
        {
            var page = await site.GetJsonAsync($"/api/events?glob=/in/*&from={from}&limit=4");
            seen.AddRange(page.GetProperty("events").EnumerateArray().Select(change => change.GetProperty("revision").GetInt64()));
            (from, at) = (page.GetProperty("next").GetInt64(), page.GetProperty("at").GetInt64());
        }

        Assert.Equal(written, seen);
    }

    private static Task<DoozerTestCluster> QuietAsync(int history) => DoozerTestCluster.StartAsync(1, options =>
        options.ConfigureNode = (_, node) => (node.Pulse, node.History) = (TimeSpan.Zero, history));

    private static IEnumerable<long> Revisions(JsonElement reply) =>
        reply.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("revision").GetInt64());

    private static string? Value(JsonElement version) =>
        version.TryGetProperty("value", out var value) ? value.GetString() : null;
}
