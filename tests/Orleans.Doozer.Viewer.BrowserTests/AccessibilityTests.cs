using Microsoft.Playwright;

namespace Orleans.Doozer.Viewer.BrowserTests;

[Collection(OneBrowser.Name)]
public sealed class AccessibilityTests(Browser browser, SharedNode node) : IClassFixture<SharedNode>
{
    private static readonly string[] Views = ["/tree/app/x", "/history/app/x", "/events", "/cluster", "/paxos", "/charts", "/signin"];

    [SkippableFact]
    public async Task Tree_KeyboardAlone_OpensMovesAndChooses()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/app/x", "chosen by keys");
        var page = await site.OpenLiveAsync("/tree");
        await page.Row("app").WaitForAsync();
        var grid = page.GetByRole(AriaRole.Treegrid);
        await grid.FocusAsync();
        Assert.Equal("app", await ActiveAsync(page));
        await Assertions.Expect(page.Row("app")).ToHaveAttributeAsync("aria-expanded", "false");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Row("x").WaitForAsync();
        await Assertions.Expect(page.Row("app")).ToHaveAttributeAsync("aria-expanded", "true");
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("x", await ActiveAsync(page));
        await Assertions.Expect(page.Row("x")).ToHaveAttributeAsync("aria-level", "2");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Value()).ToContainTextAsync("chosen by keys");
        await Assertions.Expect(page.Row("x")).ToHaveAttributeAsync("aria-selected", "true");
        await page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("app", await ActiveAsync(page));
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Row("x").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    [SkippableFact]
    public async Task Views_EveryControl_HasANameAndAPlaceInTheTabOrder()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/app/x", "{\"a\":1}");
        var page = await site.OpenLiveAsync("/tree");
        foreach (var view in Views)
        {
            await site.GoLiveAsync(page, view);
            await page.Locator("main h1").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
            var nameless = await page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll('button, a, input, select, textarea, [role=slider], [role=separator], [tabindex="0"]')]
                    .filter(element => element.checkVisibility())
                    .filter(element => !(element.getAttribute('aria-label') || element.textContent.trim() || element.labels?.length || element.title))
                    .map(element => element.outerHTML)
                """);
            Assert.True(nameless.Length == 0, $"{view}: {string.Join('\n', nameless)}");
        }

        Assert.Empty(site.Faults);
    }

    [SkippableTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Views_OnAPhone_FitItsWidth(ColorScheme scheme)
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/app/x", new string('w', 5000));
        var page = await site.OpenLiveAsync(
            "/tree", new() { ViewportSize = new() { Width = 390, Height = 844 }, IsMobile = true, HasTouch = true, ColorScheme = scheme });
        foreach (var view in Views)
        {
            await site.GoLiveAsync(page, view);
            await page.Locator("main h1").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
            Assert.True(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= 390, $"{view} is wider than a phone");
            var ground = await page.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).backgroundColor");
            Assert.Equal(scheme == ColorScheme.Dark ? "rgb(15, 20, 23)" : "rgb(245, 247, 248)", ground);
        }
    }

    [SkippableFact]
    public async Task Theme_Toggled_HoldsAfterAReload()
    {
        await using var site = await node.VisitAsync(browser);
        var page = await site.OpenLiveAsync("/cluster", new() { ColorScheme = ColorScheme.Light });
        await page.GetByTestId("theme").ClickAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    private static Task<string> ActiveAsync(IPage page) => page.EvaluateAsync<string>(
        "() => document.getElementById(document.querySelector('[role=treegrid]').getAttribute('aria-activedescendant')).querySelector('.name').textContent");
}
