using Microsoft.Playwright;

namespace Orleans.Doozer.Viewer.BrowserTests;

[Collection(OneBrowser.Name)]
public sealed class EditTests(Browser browser)
{
    [SkippableFact]
    public async Task Edit_NobodyElseWrites_SavesAndShowsTheNewRevision()
    {
        await using var site = await Site.StartAsync(browser, readWrite: Site.ReadWrite);
        await site.Client.SetAsync("/app/x", "first\r\nsecond\r\n");
        var page = await site.OpenSignedInAsync("/tree/app/x", Site.ReadWrite);
        await page.GetByTestId("edit").ClickAsync();
        await page.GetByTestId("editor").FillAsync("first\nchanged\n");
        await page.GetByTestId("save").ClickAsync();
        await Assertions.Expect(page.Value()).ToContainTextAsync("changed");
        Assert.Equal("first\r\nchanged\r\n", await site.Client.GetAsync("/app/x"));
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task Edit_SomebodyElseWroteMeanwhile_ShowsBothAndOverwritesNothing()
    {
        await using var site = await Site.StartAsync(browser, readWrite: Site.ReadWrite);
        await site.Client.SetAsync("/app/x", "base");
        var page = await site.OpenSignedInAsync("/tree/app/x", Site.ReadWrite);
        await page.GetByTestId("edit").ClickAsync();
        await page.GetByTestId("editor").FillAsync("mine");
        await site.Client.SetAsync("/app/x", "theirs");
        await Assertions.Expect(page.GetByTestId("editor-note")).ToContainTextAsync("Somebody else changed this file");

        await page.GetByTestId("save").ClickAsync();
        await Assertions.Expect(page.GetByTestId("yours")).ToContainTextAsync("mine");
        await Assertions.Expect(page.GetByTestId("theirs")).ToContainTextAsync("theirs");
        Assert.Equal("theirs", await site.Client.GetAsync("/app/x"));

        // A person decides to replace what they have just seen; if that changed again, they are asked again.
        await site.Client.SetAsync("/app/x", "theirs again");
        await page.GetByTestId("use-mine").ClickAsync();
        await Assertions.Expect(page.GetByTestId("theirs")).ToContainTextAsync("theirs again");
        Assert.Equal("theirs again", await site.Client.GetAsync("/app/x"));
        await page.GetByTestId("use-mine").ClickAsync();
        await Assertions.Expect(page.Value()).ToContainTextAsync("mine");
        Assert.Equal("mine", await site.Client.GetAsync("/app/x"));
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task Create_FileIsNew_IsCreatedAndChosen()
    {
        await using var site = await Site.StartAsync(browser, readWrite: Site.ReadWrite);
        var page = await site.OpenSignedInAsync("/tree", Site.ReadWrite);
        await page.GetByTestId("new-file").ClickAsync();
        await page.GetByTestId("new-path").FillAsync("/made/by/hand");
        await page.GetByTestId("new-value").FillAsync("hello");
        await page.GetByTestId("create").ClickAsync();
        await Assertions.Expect(page.Value()).ToContainTextAsync("hello");
        await page.Row("hand").WaitForAsync();
        Assert.Equal("hello", await site.Client.GetAsync("/made/by/hand"));
    }

    [SkippableFact]
    public async Task Create_FileExistsOrPathIsBad_SaysSoAndChangesNothing()
    {
        await using var site = await Site.StartAsync(browser, readWrite: Site.ReadWrite);
        await site.Client.SetAsync("/app/x", "theirs");
        var page = await site.OpenSignedInAsync("/tree", Site.ReadWrite);
        await page.GetByTestId("new-file").ClickAsync();
        await page.GetByTestId("new-path").FillAsync("/app/no good");
        await page.GetByTestId("create").ClickAsync();
        await Assertions.Expect(page.GetByTestId("new-note")).ToContainTextAsync("Names are made of");
        await page.GetByTestId("new-path").FillAsync("/app/x");
        await page.GetByTestId("new-value").FillAsync("mine");
        await page.GetByTestId("create").ClickAsync();
        await Assertions.Expect(page.GetByTestId("new-note")).ToContainTextAsync("exists already");
        Assert.Equal("theirs", await site.Client.GetAsync("/app/x"));
    }

    [SkippableFact]
    public async Task Delete_FileChangedMeanwhile_IsShownAndAskedAgain()
    {
        await using var site = await Site.StartAsync(browser, readWrite: Site.ReadWrite);
        await site.Client.SetAsync("/app/x", "old");
        var page = await site.OpenSignedInAsync("/tree/app/x", Site.ReadWrite);
        await page.GetByTestId("delete").ClickAsync();
        await site.Client.SetAsync("/app/x", "changed under the dialog");
        await page.GetByTestId("confirm-delete").ClickAsync();
        await Assertions.Expect(page.Locator("dialog")).ToContainTextAsync("changed under the dialog");
        Assert.Equal("changed under the dialog", await site.Client.GetAsync("/app/x"));
        await page.GetByTestId("confirm-delete").ClickAsync();
        await page.GetByTestId("missing").WaitForAsync();
        Assert.Equal("", await site.Client.GetAsync("/app/x"));
        Assert.Empty(site.Faults);
    }
}
