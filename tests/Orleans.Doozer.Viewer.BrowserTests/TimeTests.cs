using System.Globalization;
using Microsoft.Playwright;

namespace Orleans.Doozer.Viewer.BrowserTests;

[Collection(OneBrowser.Name)]
public sealed class TimeTests(Browser browser, SharedNode node) : IClassFixture<SharedNode>
{
    [SkippableFact]
    public async Task History_FileChangedThreeTimes_ShowsVersionsAndLineDiffs()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/app/motd", "one\ntwo\nthree\n");
        await site.Client.SetAsync("/app/motd", "one\n2\nthree\n");
        await site.Client.SetAsync("/app/motd", "one\n2\nthree\nfour\n");
        var page = await site.OpenLiveAsync("/history/app/motd");
        var versions = page.GetByTestId("versions").Locator("button");
        await Assertions.Expect(versions).ToHaveCountAsync(3);
        var diff = page.GetByTestId("diff");
        await Assertions.Expect(diff.Locator(".diff-added .diff-text")).ToHaveTextAsync(["four"]);
        await Assertions.Expect(diff.Locator(".diff-line.diff-removed")).ToHaveCountAsync(0);

        await versions.Nth(1).ClickAsync();
        await Assertions.Expect(diff.Locator(".diff-line.diff-added .diff-text")).ToHaveTextAsync(["2"]);
        await Assertions.Expect(diff.Locator(".diff-line.diff-removed .diff-text")).ToHaveTextAsync(["two"]);

        await site.Client.DeleteAsync("/app/motd");
        await Assertions.Expect(versions).ToHaveCountAsync(4);
        await Assertions.Expect(versions.First).ToContainTextAsync("delete");
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task TimeTravel_OldRevision_ShowsTheTreeAsItWasAndGoesBackToLive()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/app/kept", "old");
        var then = await site.Client.SetAsync("/app/gone", "was here");
        await site.Client.SetAsync("/app/kept", "new");
        await site.Client.DeleteAsync("/app/gone");
        await site.Client.SetAsync("/app/young", "not yet");

        var page = await site.OpenLiveAsync("/tree/app/kept");
        await Assertions.Expect(page.Value()).ToContainTextAsync("new");
        await page.GetByTestId("revision").FillAsync(then.ToString(CultureInfo.InvariantCulture));
        await page.GetByTestId("revision").PressAsync("Enter");
        await Assertions.Expect(page.GetByTestId("as-of")).ToContainTextAsync($"As of revision {then.ToString("N0", CultureInfo.InvariantCulture)}");
        await Assertions.Expect(page.Value()).ToContainTextAsync("old");
        await page.Row("gone").WaitForAsync();
        Assert.Equal(0, await page.Row("young").CountAsync());

        // Nothing moves in the past.
        await site.Client.SetAsync("/app/kept", "newer");
        await site.Client.SetAsync("/app/later", "x");
        await page.Locator(".status-revision").WaitForAsync();
        Assert.Contains($"revision={then}", page.Url, StringComparison.Ordinal);
        Assert.Equal("old", await page.ValueTextAsync());

        await page.GetByTestId("back-to-live").ClickAsync();
        await Assertions.Expect(page.Value()).ToContainTextAsync("newer");
        await page.Row("later").WaitForAsync();
        Assert.Equal(0, await page.Row("gone").CountAsync());
        Assert.Equal(0, await page.GetByTestId("as-of").CountAsync());
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task TimeTravel_RevisionNoLongerKept_SaysSo()
    {
        await using var site = await Site.StartAsync(browser, options: ["--memory", "--history", "20"]);
        await site.Client.SetManyAsync(200, 20, i => ($"/app/{i}", "x"));
        var page = await site.OpenAsync("/tree?revision=3");
        await Assertions.Expect(page.Locator(".tree-note")).ToContainTextAsync("kept history");
        await Assertions.Expect(page.GetByTestId("as-of")).ToBeVisibleAsync();
    }
}
