using Microsoft.Playwright;

namespace Orleans.Doozer.Viewer.BrowserTests;

[Collection(OneBrowser.Name)]
public sealed class ClusterTests(Browser browser)
{
    [SkippableFact]
    public async Task ClusterAndPaxos_ThreeNodesUnderLoad_ShowVotersSlotsAndSteps()
    {
        await using var site = await Site.StartAsync(browser, nodes: 3);
        var page = await site.OpenLiveAsync("/cluster");
        await Assertions.Expect(page.GetByTestId("node")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator(".verdict")).ToContainTextAsync("3 of 3 voters answer", new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator(".node[data-role=leader]")).ToHaveCountAsync(1);

        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await site.Client.SetAsync("/app/x", $"{i}");
            }
        });
        await page.GotoAsync(site.Address + "/paxos");
        await Assertions.Expect(page.Locator(".slots [data-cell=decided]").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".steps li").Nth(3)).ToBeVisibleAsync();
        await page.GetByTestId("paxos-pause").ClickAsync();

        // What was shown when it paused may be too old to come back to; from here on nothing is dropped.
        var paused = await page.GetByTestId("step").TextContentAsync();
        await page.GetByTestId("step-forward").ClickAsync();
        await Assertions.Expect(page.GetByTestId("step")).Not.ToHaveTextAsync(paused!);
        var before = await page.GetByTestId("step").TextContentAsync();
        await page.GetByTestId("step-forward").ClickAsync();
        await Assertions.Expect(page.GetByTestId("step")).Not.ToHaveTextAsync(before!);
        await page.GetByTestId("step-back").ClickAsync();
        await Assertions.Expect(page.GetByTestId("step")).ToHaveTextAsync(before!);

        await page.GotoAsync(site.Address + "/charts");
        await Assertions.Expect(page.Locator(".chart").First).ToContainTextAsync("writes");
        await page.UntilAsync("() => document.querySelectorAll('.chart-line')[1].getAttribute('d')?.includes('L')");
        await stop.CancelAsync();
        await load;
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task Cluster_VoterIsKilled_IsToldAsAway()
    {
        await using var site = await Site.StartAsync(browser, nodes: 3);
        var page = await site.OpenLiveAsync("/cluster");
        await Assertions.Expect(page.Locator(".verdict")).ToContainTextAsync("3 of 3 voters answer", new() { Timeout = 60_000 });
        await site.Nodes[1].KillAsync();
        await Assertions.Expect(page.Locator(".verdict")).ToContainTextAsync("2 of 3 voters answer", new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator(".verdict")).ToContainTextAsync("Not one more may fail");
        await Assertions.Expect(page.Locator(".node[data-reachable=false]")).ToHaveCountAsync(1);
    }
}
