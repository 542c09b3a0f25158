using Microsoft.Playwright;
using Orleans.Doozer.SystemTests;

namespace Orleans.Doozer.Viewer.BrowserTests;

[Collection(OneBrowser.Name)]
public sealed class ReconnectTests(Browser browser)
{
    private const int Missed = 40;

    [SkippableFact]
    public async Task Page_ItsNodeIsKilledWhileOthersGoOn_ReconnectsAndMissesNothing()
    {
        await using var site = await Site.StartAsync(browser, nodes: 3);
        await Wait.UntilAsync(async () => (await VotersAsync(site)) == 3, "three nodes vote");
        await site.Client.SetAsync("/app/0", "before");
        var tree = await site.OpenLiveAsync("/tree/app/0");
        await tree.Row("0").WaitForAsync();
        var events = await site.OpenLiveAsync("/events?filter=/app/**");
        await Assertions.Expect(events.GetByTestId("events")).ToContainTextAsync("/app/0");
        await CollectRowsAsync(events);

        await site.Nodes[0].KillAsync();
        await tree.WaitForPhaseAsync("reconnecting");
        for (var i = 1; i <= Missed; i++)
        {
            await site.Client.SetAsync($"/app/{i:00}", $"while away {i}");
        }

        await site.Client.SetAsync("/app/0", "after");
        site.Nodes[0].Start();
        await site.Nodes[0].WaitAsync();
        await tree.WaitForPhaseAsync("live");
        await Assertions.Expect(tree.Value()).ToContainTextAsync("after");
        await tree.UntilAsync($"() => document.querySelector('[role=treegrid]').getAttribute('aria-rowcount') >= {Missed + 1}");

        await Assertions.Expect(events.GetByTestId("events-note")).ToContainTextAsync($"{Missed + 2} changes");
        var revisions = (await events.EvaluateAsync<string[]>("() => [...window.rows]")).Select(row => long.Parse(row.Replace(",", "", StringComparison.Ordinal))).ToList();
        Assert.Equal(revisions.Distinct().Order().Reverse().Count(), revisions.Count);
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task Page_NodeStopsServing_SaysSoAndComesBackByItself()
    {
        await using var site = await Site.StartAsync(browser);
        await site.Client.SetAsync("/app/x", "kept");
        var page = await site.OpenLiveAsync("/tree/app/x");
        Assert.Equal(0, await site.Nodes[0].StopAsync());
        await page.WaitForPhaseAsync("reconnecting");
        await page.Locator(".notice", new() { HasText = "Not connected" }).WaitForAsync();

        site.Nodes[0].Start();
        await site.Nodes[0].WaitAsync();
        await page.WaitForPhaseAsync("live");
        await Assertions.Expect(page.Value()).ToContainTextAsync("kept");
        await page.Locator(".notice", new() { HasText = "Not connected" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    /// <summary>Keeps the revision of every row that was ever drawn.</summary>
    private static async Task CollectRowsAsync(IPage page) => await page.EvaluateAsync(
        """
        () => {
            window.rows = new Set();
            const look = () => document.querySelectorAll('.event-scroller .event-revision').forEach(row => window.rows.add(row.textContent));
            look();
            new MutationObserver(look).observe(document.querySelector('.event-scroller'), { childList: true, subtree: true });
        }
        """);

    private static async Task<int> VotersAsync(Site site)
    {
        var found = await Programs.RunAsync(Programs.Doozer, ["find", "/ctl/node"], uri: site.Nodes[1].Uri);
        return found.Output.Split('\n').Count(path => path.EndsWith("/writable", StringComparison.Ordinal));
    }
}
