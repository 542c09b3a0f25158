using Microsoft.Playwright;

namespace Orleans.Doozer.Viewer.BrowserTests;

[Collection(OneBrowser.Name)]
public sealed class SignInTests(Browser browser)
{
    [SkippableFact]
    public async Task SignIn_BothSecretsSet_ShowsNothingBeforeAndRefusesAWrongSecret()
    {
        await using var site = await Site.StartAsync(browser, readWrite: Site.ReadWrite, readOnly: Site.ReadOnly);
        await site.Client.SetAsync("/app/x", "for eyes with a secret");
        var page = await site.OpenAsync("/tree/app/x");
        await page.GetByTestId("secret").FillAsync("wrong");
        await page.GetByTestId("secret").PressAsync("Enter");
        await Assertions.Expect(page.GetByTestId("sign-in-note")).ToContainTextAsync("secret");
        Assert.DoesNotContain("eyes", await page.ContentAsync(), StringComparison.Ordinal);

        // The page that was asked for appears once the secret is right.
        await page.GetByTestId("secret").FillAsync(Site.ReadOnly);
        await page.GetByTestId("secret").PressAsync("Enter");
        await Assertions.Expect(page.Value()).ToContainTextAsync("for eyes");
        await page.WaitForPhaseAsync("live");
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task SignIn_ReadOnlySecret_OffersNoChangeAndTheNodeRefusesOne()
    {
        await using var site = await Site.StartAsync(browser, readWrite: Site.ReadWrite, readOnly: Site.ReadOnly);
        await site.Client.SetAsync("/app/x", "kept");
        var page = await site.OpenSignedInAsync("/tree/app/x", Site.ReadOnly);
        await Assertions.Expect(page.Value()).ToContainTextAsync("kept");
        await Assertions.Expect(page.GetByTestId("edit")).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByTestId("new-file")).ToBeHiddenAsync();
        var status = await page.EvaluateAsync<int>(
            """
            async () => {
                const { csrf } = await (await fetch('/api/session')).json();
                const answer = await fetch('/api/file?path=/app/x', {
                    method: 'PUT', headers: { 'X-Doozer-Csrf': csrf, 'Content-Type': 'application/json' },
                    body: JSON.stringify({ revision: 1, encoding: 'text', value: 'forced' }),
                });
                return answer.status;
            }
            """);
        Assert.Equal(403, status);
        Assert.Equal("kept", await site.Client.GetAsync("/app/x"));
    }

    [SkippableFact]
    public async Task SignOut_WhileLive_EndsTheConnectionAndShowsTheForm()
    {
        await using var site = await Site.StartAsync(browser, readWrite: Site.ReadWrite, readOnly: Site.ReadOnly);
        await site.Client.SetAsync("/app/x", "shown");
        var page = await site.OpenSignedInAsync("/tree/app/x", Site.ReadWrite);
        await Assertions.Expect(page.Value()).ToContainTextAsync("shown");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GetByTestId("secret").WaitForAsync();
        await page.WaitForPhaseAsync("signedOut");
        Assert.Equal(0, await page.GetByTestId("value").CountAsync());
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task SignIn_TooManyTries_TellsWhenToTryAgain()
    {
        await using var site = await Site.StartAsync(browser, readWrite: Site.ReadWrite, readOnly: Site.ReadOnly);
        var page = await site.OpenAsync("/tree");
        var note = page.GetByTestId("sign-in-note");
        for (var i = 0; i < 11; i++)
        {
            await page.GetByTestId("secret").FillAsync($"guess {i}");
            var answer = page.WaitForResponseAsync(response => response.Request.Method == "POST");
            await page.GetByTestId("secret").PressAsync("Enter");
            await answer;
            await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign in" })).ToBeEnabledAsync();
        }

        await Assertions.Expect(note).ToContainTextAsync("Try again in");
    }

    [SkippableFact]
    public async Task Page_NoSecretSet_ReadsAndSaysThatItOnlyReads()
    {
        await using var site = await Site.StartAsync(browser);
        await site.Client.SetAsync("/app/x", "open");
        var page = await site.OpenLiveAsync("/tree/app/x");
        await Assertions.Expect(page.Value()).ToContainTextAsync("open");
        await Assertions.Expect(page.GetByTestId("new-file")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator(".account")).ToContainTextAsync("read only");
    }
}
