using System.Globalization;
using Microsoft.Playwright;
using Orleans.Doozer.SystemTests;

namespace Orleans.Doozer.Viewer.BrowserTests;

[Collection(OneBrowser.Name)]
public sealed class LiveTests(Browser browser, SharedNode node) : IClassFixture<SharedNode>
{
    private const int Samples = 21;

    [SkippableFact]
    public async Task Tree_FilesAreSetAndDeletedWithDoozer_RowsComeChangeAndGo()
    {
        await using var site = await node.VisitAsync(browser);
        await RunAsync(site, ["set", "/rows/first", "0"], "one");
        var page = await site.OpenLiveAsync("/tree/rows/first");
        await page.Row("first").WaitForAsync();

        await RunAsync(site, ["set", "/rows/second", "0"], "two");
        await page.Row("second").WaitForAsync();

        // The flash lasts a second, which a busy machine may take to look: the page notes it.
        await page.EvaluateAsync(
            """
            () => {
                window.lit = [];
                const look = () => document.querySelectorAll('.row.lit').forEach(row => window.lit.push(row.dataset.key));
                new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributeFilter: ['class'] });
            }
            """);
        await RunAsync(site, ["set", "/rows/first", "999999"], "changed");
        await Assertions.Expect(page.Value()).ToContainTextAsync("changed");
        await page.WaitForFunctionAsync("() => window.lit.includes('/rows/first')");
        var revision = await page.GetByTestId("file-revision").TextContentAsync();
        await Assertions.Expect(page.Row("first").Locator(".cell-revision")).ToHaveTextAsync(revision!);
        await RunAsync(site, ["del", "/rows/second", "999999"], "");
        await page.Row("second").WaitForAsync(new() { State = WaitForSelectorState.Detached });

        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task Value_FileIsSetByAnotherClient_IsShownWithin200Milliseconds()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/value/x", "value 0");
        var page = await site.OpenLiveAsync("/tree/value/x");
        await Assertions.Expect(page.Value()).ToContainTextAsync("value 0");
        await page.EvaluateAsync(
            """
            () => {
                window.seen = {};
                const look = () => { window.seen[document.querySelector('[data-testid=value]').textContent] ??= Date.now(); };
                new MutationObserver(look).observe(document.querySelector('[data-testid=value]'), { childList: true, subtree: true, characterData: true });
            }
            """);

        var delays = new List<double>();
        for (var i = 1; i <= Samples; i++)
        {
            await site.Client.SetAsync("/value/x", $"value {i}");
            var acknowledged = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await page.UntilAsync("text => window.seen[text]", $"value {i}");
            delays.Add(await page.EvaluateAsync<double>("text => window.seen[text]", $"value {i}") - acknowledged);
        }

        delays.Sort();
        Assert.True(
            delays[Samples / 2] <= 200,
            string.Create(CultureInfo.InvariantCulture, $"half of the changes took longer than {delays[Samples / 2]} ms after the acknowledgement: {string.Join(", ", delays)}"));
    }

    [SkippableFact]
    public async Task Events_FilterAndPause_ShowWhatMatchesAndHoldTheRest()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/a/1", "before");
        var page = await site.OpenLiveAsync("/events?filter=/a/**");
        var events = page.GetByTestId("events");
        await Assertions.Expect(events).ToContainTextAsync("/a/1");

        await site.Client.SetAsync("/b/1", "other");
        await site.Client.SetAsync("/a/2", "matches");
        await Assertions.Expect(events).ToContainTextAsync("/a/2");
        Assert.DoesNotContain("/b/1", await events.TextContentAsync(), StringComparison.Ordinal);

        await page.GetByTestId("pause").ClickAsync();
        await site.Client.SetAsync("/a/3", "waits");
        await Assertions.Expect(page.GetByTestId("events-note")).ToContainTextAsync("1 newer change");
        Assert.DoesNotContain("/a/3", await events.TextContentAsync(), StringComparison.Ordinal);
        await page.GetByTestId("pause").ClickAsync();
        await Assertions.Expect(events).ToContainTextAsync("/a/3");
    }

    [SkippableFact]
    public async Task Filter_Glob_ListsMatchesAndFollowsThem()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/app/web/port", "80");
        await site.Client.SetAsync("/app/mail/port", "25");
        await site.Client.SetAsync("/app/mail/host", "m1");
        var page = await site.OpenLiveAsync("/tree");
        await page.GetByTestId("filter").FillAsync("/app/*/port");
        await page.Row("/app/web/port").WaitForAsync();
        await page.Row("/app/mail/port").WaitForAsync();
        Assert.Equal(0, await page.Row("/app/mail/host").CountAsync());

        await site.Client.SetAsync("/app/ftp/port", "21");
        await page.Row("/app/ftp/port").WaitForAsync();
        await site.Client.DeleteAsync("/app/mail/port");
        await page.Row("/app/mail/port").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        var order = await page.Locator("[role=treegrid] .name").AllTextContentsAsync();
        Assert.Equal(["/app/ftp/port", "/app/web/port"], order);
    }

    private static async Task RunAsync(Site site, string[] arguments, string input)
    {
        var result = await Programs.RunAsync(Programs.Doozer, arguments, input, site.Nodes[0].Uri);
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
