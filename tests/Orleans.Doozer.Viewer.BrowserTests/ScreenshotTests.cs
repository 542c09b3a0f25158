using Microsoft.Playwright;
using Orleans.Doozer.SystemTests;

namespace Orleans.Doozer.Viewer.BrowserTests;

/// <summary>Takes the pictures of the README: three nodes, some files, some load.</summary>
[Collection(OneBrowser.Name)]
public sealed class ScreenshotTests(Browser browser)
{
    private const string Config =
        """{"service":"checkout","replicas":4,"timeoutMs":250,"regions":["eu-west","us-east"],"features":{"newCart":true,"betaSearch":false},"owner":null}""";

    [SkippableFact]
    public async Task Screenshots_OfAClusterUnderLoad_AreTaken()
    {
        var folder = Environment.GetEnvironmentVariable("DOOZER_SCREENSHOTS") ?? "";
        Skip.If(folder.Length == 0, "DOOZER_SCREENSHOTS names no folder for the pictures");
        folder = Path.GetFullPath(folder, Programs.Root);
        await using var site = await Site.StartAsync(browser, nodes: 3, readWrite: Site.ReadWrite);
        await FillAsync(site);
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(site, stop.Token);

        var page = await site.OpenSignedInAsync("/tree/app/checkout/config.json", Site.ReadWrite);
        await page.Locator(".json-key").First.WaitForAsync();
        await page.Row("jobs").ClickAsync();
        await page.Row("nightly-0").WaitForAsync();
        await page.Row("config.json").ClickAsync();
        await page.Locator(".json-key").First.WaitForAsync();
        await TakeAsync(page, folder, "tree");
        await page.GotoAsync(site.Address + "/cluster");
        await Assertions.Expect(page.Locator(".verdict")).ToContainTextAsync("3 of 3 voters answer", new() { Timeout = 60_000 });
        await TakeAsync(page, folder, "cluster");
        await page.GotoAsync(site.Address + "/paxos");
        await page.Locator(".slots [data-focus=true] [data-cell=accepted]").First.WaitForAsync();
        await page.Locator(".message").First.WaitForAsync();
        await TakeAsync(page, folder, "paxos");
        await stop.CancelAsync();
        await load;
    }

    private static async Task FillAsync(Site site)
    {
        await site.Client.SetAsync("/app/checkout/config.json", Config);
        await site.Client.SetAsync("/app/motd", "Build carefully.\n");
        await site.Client.SetAsync("/elections/scheduler", "db1");
        await site.Client.SetAsync("/locks/backup", "db2");
        await site.Client.SetManyAsync(8, 4, i => ($"/jobs/nightly-{i}", "state=waiting\n"));
        await site.Client.SetManyAsync(6, 3, i => ($"/services/web/{i}/addr", $"10.0.0.{i}:80"));
    }

    private static Task LoadAsync(Site site, CancellationToken stop) => Task.Run(
        async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await site.Client.SetAsync($"/jobs/nightly-{i % 8}", $"state=running\nstep={i}\n");
                await Task.Delay(TimeSpan.FromMilliseconds(40), CancellationToken.None);
            }
        },
        CancellationToken.None);

    private static async Task TakeAsync(IPage page, string folder, string name)
    {
        var file = Path.Combine(folder, $"{name}.png");
        await page.ScreenshotAsync(new() { Path = file });
        Assert.True(new FileInfo(file).Length < 200 * 1024, $"{file} is larger than 200 KB");
    }
}
