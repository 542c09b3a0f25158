using System.Globalization;
using Microsoft.Playwright;

namespace Orleans.Doozer.Viewer.BrowserTests;

[Collection(OneBrowser.Name)]
public sealed class ScaleTests(Browser browser)
{
    private const int Files = 100_000;
    private const int Rate = 1000;

    [SkippableFact]
    public async Task Tree_HundredThousandFiles_ScrollsSmoothlyAndFindsAny()
    {
        await using var site = await Site.StartAsync(browser, options: ["--memory"]);
        await site.Client.SetManyAsync(Files, 400, i => ($"/bulk/file-{i:000000}", $"value {i}"));
        var page = await site.OpenLiveAsync("/tree/bulk/file-054321");
        await Assertions.Expect(page.Value()).ToContainTextAsync("value 54321");
        await page.Row("file-054321").WaitForAsync();
        Assert.True(await RowsAsync(page) >= Files);

        await page.Locator("[role=treegrid]").FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await page.Row("bulk").WaitForAsync();
        await page.GetByTestId("tree").PressAsync("ArrowDown");
        var frames = await ScrollAsync(page);
        Assert.True(frames[frames.Length / 2] < 50, $"half of the frames while scrolling took longer than {frames[frames.Length / 2]:0} ms");
        Assert.True(await page.Locator("[role=treegrid] [role=row]").CountAsync() < 200, "only the rows in sight may exist");

        // The end is reached, and live changes show there.
        await page.Locator("[role=treegrid]").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await page.Row("ctl").WaitForAsync();
        await page.Row("file-099999").WaitForAsync();
        await site.Client.SetAsync("/bulk/file-099999", "changed");
        await Assertions.Expect(page.Row("file-099999").Locator(".cell-size")).ToHaveTextAsync("7 bytes");
        await site.Client.SetAsync("/bulk/file-000000a", "in the middle of what is not loaded");
        await page.UntilAsync($"() => document.querySelector('[role=treegrid]').getAttribute('aria-rowcount') > {Files}");
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task Tree_ThousandChangesPerSecond_StaysUsableAndEndsRight()
    {
        await using var site = await Site.StartAsync(browser, options: ["--memory"]);
        await site.Client.SetManyAsync(300, 50, i => ($"/app/f{i:000}", "0"));
        var page = await site.OpenLiveAsync("/tree/app/f150");
        await page.Row("f150").WaitForAsync();

        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        var writes = Task.Run(async () =>
        {
            for (var second = 0; second < 6; second++)
            {
                var left = TimeSpan.FromSeconds(second) - clock.GetElapsedTime(start);
                await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
                await site.Client.SetManyAsync(Rate, 32, i => ($"/app/f{i % 300:000}", $"{second} {i}"));
            }
        });
        await Task.Delay(TimeSpan.FromSeconds(1));

        // While all that happens the page answers: a click on a row shows its value.
        await page.Row("f151").ClickAsync();
        await Assertions.Expect(page.GetByTestId("path")).ToContainTextAsync("f151");
        await writes;
        var last = await site.Client.SetAsync("/app/f151", "the end");
        await Assertions.Expect(page.Value()).ToContainTextAsync("the end");
        await Assertions.Expect(page.Row("f151").Locator(".cell-revision")).ToHaveTextAsync(last.ToString("N0", CultureInfo.InvariantCulture));
        await page.WaitForPhaseAsync("live");
        Assert.Empty(site.Faults);
    }

    private static async Task<int> RowsAsync(IPage page) =>
        int.Parse((await page.Locator("[role=treegrid]").GetAttributeAsync("aria-rowcount"))!, CultureInfo.InvariantCulture);

    /// <summary>Scrolls through all rows in 120 frames.</summary>
    /// <returns>How long each frame took, sorted.</returns>
    private static Task<double[]> ScrollAsync(IPage page) => page.EvaluateAsync<double[]>(
        """
        () => new Promise(done => {
            const scroller = document.querySelector('.grid-scroller');
            const frames = [];
            let last = performance.now();
            const step = now => {
                frames.push(now - last);
                last = now;
                scroller.scrollTop = scroller.scrollHeight * frames.length / 120;
                frames.length < 120 ? requestAnimationFrame(step) : done(frames.sort((a, b) => a - b));
            };
            requestAnimationFrame(step);
        })
        """);
}
