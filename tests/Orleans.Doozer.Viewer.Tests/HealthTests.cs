using System.Net;
using Orleans.Doozer.TestingHost;
using Orleans.Doozer.Viewer.Tests.Support;

namespace Orleans.Doozer.Viewer.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task Checks_OfANodeThatServes_PassByName()
    {
        await using var cluster = await DoozerTestCluster.StartAsync(1);
        await using var site = await Site.StartAsync(cluster.Node(0));
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync(site, "/readyz"));
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync(site, "/livez"));
        Assert.Equal(
            (HttpStatusCode.OK, "[+]silo ok\n[+]joined ok\n[+]leader ok\n[+]quorum ok\n[+]caught-up ok\nreadyz check passed\n"),
            await AskAsync(site, "/readyz?verbose"));
        Assert.Equal((HttpStatusCode.OK, "[+]loop ok\nlivez check passed\n"), await AskAsync(site, "/livez?verbose"));
    }

    [Fact]
    public async Task Checks_WithoutASilo_AreAliveButNotReady()
    {
        await using var cluster = await DoozerTestCluster.StartAsync(1);
        await using var site = await Site.StartAsync(cluster.Node(0));
        site.Shown.Pause(ViewerNode.Starting, "it looks for its cluster");
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync(site, "/livez"));
        var (status, text) = await AskAsync(site, "/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("[-]silo failed: it looks for its cluster\n", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await site.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Checks_WhenTheQuorumIsLost_AreAliveButNotReady()
    {
        await using var cluster = await DoozerTestCluster.StartAsync(3);
        await using var site = await Site.StartAsync(cluster.Node(0));
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync(site, "/readyz"));
        await cluster.StopNodeAsync(1);
        await cluster.StopNodeAsync(2);

        // An answer from before may be given for a second.
        var answer = await AskAsync(site, "/readyz?verbose");
        for (var tries = 0; answer.Status != HttpStatusCode.ServiceUnavailable; tries++)
        {
            Assert.True(tries < 200, $"still ready without a quorum: {answer.Text}");
            await Task.Delay(100);
            answer = await AskAsync(site, "/readyz?verbose");
        }

        Assert.Contains("[-]quorum failed: no majority of the voters answered", answer.Text, StringComparison.Ordinal);
        Assert.Contains("[+]joined ok\n", answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("readyz check failed\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync(site, "/livez"));

        // And the page still shows what this node has.
        await site.GetJsonAsync("/api/tree");
        var nodes = (await site.GetJsonAsync("/api/cluster")).GetProperty("nodes").EnumerateArray().ToList();
        Assert.Equal(3, nodes.Count);
        Assert.Equal(2, nodes.Count(node => !node.GetProperty("reachable").GetBoolean() && node.GetProperty("voter").GetBoolean()));
    }

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(Site site, string address)
    {
        using var response = await site.GetAsync(address);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
