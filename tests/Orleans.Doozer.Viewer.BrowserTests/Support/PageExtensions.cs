using Microsoft.Playwright;

namespace Orleans.Doozer.Viewer.BrowserTests;

/// <summary>What tests ask of a page again and again.</summary>
internal static class PageExtensions
{
    /// <summary>Waits until the header tells this state of the connection.</summary>
    public static Task WaitForPhaseAsync(this IPage page, string phase) =>
        page.WaitForSelectorAsync($"[data-testid=status][data-phase={phase}]");

    /// <summary>The row of the tree grid that has this name.</summary>
    public static ILocator Row(this IPage page, string name) =>
        page.Locator($"[role=treegrid] [role=row]:has([data-name=\"{name}\"])");

    public static ILocator Value(this IPage page) => page.GetByTestId("value");

    /// <summary>The value's lines; a small value stands in the page as a whole.</summary>
    public static async Task<string> ValueTextAsync(this IPage page) =>
        string.Join('\n', await page.Value().Locator(".line").AllTextContentsAsync());

    /// <summary>Waits until a function of the page, in JavaScript, answers true.</summary>
    public static Task<IJSHandle> UntilAsync(this IPage page, string function, object? argument = null) =>
        page.WaitForFunctionAsync(function, argument);
}
