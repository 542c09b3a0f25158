using Google.Protobuf;
using Microsoft.Playwright;

namespace Orleans.Doozer.Viewer.BrowserTests;

/// <summary>Names and values that were made to do harm.</summary>
[Collection(OneBrowser.Name)]
public sealed class HostileTests(Browser browser, SharedNode node) : IClassFixture<SharedNode>
{
    private const string Markup = "<img src=x onerror=\"window.harmed=1\"><script>window.harmed=1</script><style>*{display:none}</style>{{1+1}}";

    [SkippableFact]
    public async Task Value_Markup_IsShownAsText()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/evil/markup", Markup);
        await site.Client.SetAsync("/evil/markup", Markup + "\nagain");
        foreach (var view in new[] { "/tree/evil/markup", "/history/evil/markup", "/events" })
        {
            var page = await site.OpenLiveAsync(view);
            await page.GetByText("<img src=x onerror=", new() { Exact = false }).First.WaitForAsync();
            Assert.Equal(0, await page.Locator("main img, main script, main style").CountAsync());
            Assert.False(await page.EvaluateAsync<bool>("() => 'harmed' in window"));
        }

        Assert.Empty(site.Faults);
    }

    [SkippableTheory]
    [InlineData("user\u202e\u2066 // admin\u2069 \u2066check", "userU+202E U+2066 // adminU+2069 U+2066check")]
    [InlineData("zero\u200bwidth \ufeffmark", "zeroU+200Bwidth U+FEFFmark")]
    [InlineData("carriage\rreturn", "carriageU+000Dreturn")]
    public async Task Value_DirectionAndInvisibleCharacters_AreWrittenOut(string value, string shown)
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/evil/text", value);
        var page = await site.OpenLiveAsync("/tree/evil/text");
        await page.Value().Locator(".hidden-character").First.WaitForAsync();
        Assert.Equal(shown, await page.ValueTextAsync());
        await Assertions.Expect(page.Locator(".value-notes")).ToContainTextAsync("cannot be seen");
    }

    [SkippableFact]
    public async Task Value_ControlCharactersAndBinary_AreShownAsHex()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/evil/control", "bell\a esc\u001b[31m nul\0");
        await site.Client.SetAsync("/evil/binary", ByteString.CopyFrom(0xff, 0x00, 0x41, 0x80));
        var page = await site.OpenLiveAsync("/tree/evil/control");
        await Assertions.Expect(page.Value()).ToContainTextAsync("62 65 6c 6c 07");
        await page.GotoAsync(site.Address + "/tree/evil/binary");
        await Assertions.Expect(page.Value()).ToContainTextAsync("ff 00 41 80");
        await Assertions.Expect(page.GetByTestId("mode-text")).ToBeDisabledAsync();
    }

    [SkippableFact]
    public async Task Value_LineOfAMegabyte_DoesNotFreezeThePage()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/evil/line", new string('x', (1 << 20) - 10));
        var page = await site.OpenLiveAsync("/tree");
        await MeasureLongestTaskAsync(page);
        await page.Row("evil").ClickAsync();
        await page.Row("line").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Load all" }).ClickAsync();
        await page.Value().Locator(".lines.virtual").WaitForAsync();
        Assert.True(await page.Value().Locator(".line").CountAsync() < 200, "only the lines in sight may exist");
        await page.GetByTestId("mode-hex").ClickAsync();
        await Assertions.Expect(page.Value()).ToContainTextAsync("78 78 78 78");
        var longest = await page.EvaluateAsync<double>("() => window.longest");
        Assert.True(longest < 1000, $"the page was busy for {longest:0} ms without a pause");
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task Value_DeeplyNestedJson_IsShownWithinBounds()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/evil/deep", new string('[', 2000) + new string(']', 2000));
        await site.Client.SetAsync("/evil/number", "{\"id\":12345678901234567890,\"id\":1e400}");
        var page = await site.OpenLiveAsync("/tree/evil/number");
        Assert.Equal("{\n  \"id\": 12345678901234567890,\n  \"id\": 1e400\n}", await WaitForValueAsync(page));
        await page.GotoAsync(site.Address + "/tree/evil/deep");
        await page.Value().Locator(".line").First.WaitForAsync();
        Assert.Empty(site.Faults);
    }

    [SkippableTheory]
    [InlineData("/__proto__/constructor")]
    [InlineData("/a/../b")]
    [InlineData("/./x")]
    [InlineData("/%2e%2e/%41")]
    [InlineData("/a=b,c~d+e@f:g/config.json")]
    public async Task Name_MeansSomethingElsewhere_IsAFileLikeAnyOther(string path)
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync(path, "found");
        var page = await site.OpenLiveAsync("/tree");
        foreach (var name in path[1..].Split('/'))
        {
            await page.Row(name).ClickAsync();
        }

        await Assertions.Expect(page.Value()).ToContainTextAsync("found");
        await page.ReloadAsync();
        await Assertions.Expect(page.Value()).ToContainTextAsync("found");
        await Assertions.Expect(page.GetByTestId("path")).ToHaveTextAsync(path);
        Assert.Empty(site.Faults);
    }

    private static async Task<string> WaitForValueAsync(IPage page)
    {
        await page.Value().Locator(".line").First.WaitForAsync();
        return await page.ValueTextAsync();
    }

    private static async Task MeasureLongestTaskAsync(IPage page) => await page.EvaluateAsync(
        """
        () => {
            window.longest = 0;
            new PerformanceObserver(list => list.getEntries().forEach(task => { window.longest = Math.max(window.longest, task.duration); })).observe({ entryTypes: ['longtask'] });
        }
        """);
}
