using Microsoft.Playwright;

namespace Orleans.Doozer.Viewer.BrowserTests;

[Collection(OneBrowser.Name)]
public sealed class EditTests(Browser browser, SharedWritableNode node) : IClassFixture<SharedWritableNode>
{
    [SkippableFact]
    public async Task Edit_NobodyElseWrites_SavesAndShowsTheNewRevision()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/saved/x", "first\r\nsecond\r\n");
        var page = await site.OpenSignedInAsync("/tree/saved/x", Site.ReadWrite);
        await page.GetByTestId("edit").ClickAsync();
        await page.GetByTestId("editor").FillAsync("first\nchanged\n");
        await page.GetByTestId("save").ClickAsync();
        await Assertions.Expect(page.Value()).ToContainTextAsync("changed");
        Assert.Equal("first\r\nchanged\r\n", await site.Client.GetAsync("/saved/x"));
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task Edit_SomebodyElseWroteMeanwhile_ShowsBothAndOverwritesNothing()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/contested/x", "base");
        var page = await site.OpenSignedInAsync("/tree/contested/x", Site.ReadWrite);
        await page.GetByTestId("edit").ClickAsync();
        await page.GetByTestId("editor").FillAsync("mine");
        await site.Client.SetAsync("/contested/x", "theirs");
        await Assertions.Expect(page.GetByTestId("editor-note")).ToContainTextAsync("Somebody else changed this file");

        await page.GetByTestId("save").ClickAsync();
        await Assertions.Expect(page.GetByTestId("yours")).ToContainTextAsync("mine");
        await Assertions.Expect(page.GetByTestId("theirs")).ToContainTextAsync("theirs");
        Assert.Equal("theirs", await site.Client.GetAsync("/contested/x"));

        // A person decides to replace what they have just seen; if that changed again, they are asked again.
        await site.Client.SetAsync("/contested/x", "theirs again");
        await page.GetByTestId("use-mine").ClickAsync();
        await Assertions.Expect(page.GetByTestId("theirs")).ToContainTextAsync("theirs again");
        Assert.Equal("theirs again", await site.Client.GetAsync("/contested/x"));
        await page.GetByTestId("use-mine").ClickAsync();
        await Assertions.Expect(page.Value()).ToContainTextAsync("mine");
        Assert.Equal("mine", await site.Client.GetAsync("/contested/x"));
        Assert.Empty(site.Faults);
    }

    [SkippableFact]
    public async Task Create_FileIsNew_IsCreatedAndChosen()
    {
        await using var site = await node.VisitAsync(browser);
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
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/taken/x", "theirs");
        var page = await site.OpenSignedInAsync("/tree", Site.ReadWrite);
        await page.GetByTestId("new-file").ClickAsync();
        await page.GetByTestId("new-path").FillAsync("/app/no good");
        await page.GetByTestId("create").ClickAsync();
        await Assertions.Expect(page.GetByTestId("new-note")).ToContainTextAsync("Names are made of");
        await page.GetByTestId("new-path").FillAsync("/taken/x");
        await page.GetByTestId("new-value").FillAsync("mine");
        await page.GetByTestId("create").ClickAsync();
        await Assertions.Expect(page.GetByTestId("new-note")).ToContainTextAsync("exists already");
        Assert.Equal("theirs", await site.Client.GetAsync("/taken/x"));
    }

    [SkippableFact]
    public async Task Delete_FileChangedMeanwhile_IsShownAndAskedAgain()
    {
        await using var site = await node.VisitAsync(browser);
        await site.Client.SetAsync("/doomed/x", "old");
        var page = await site.OpenSignedInAsync("/tree/doomed/x", Site.ReadWrite);
        await page.GetByTestId("delete").ClickAsync();
        await site.Client.SetAsync("/doomed/x", "changed under the dialog");
        await page.GetByTestId("confirm-delete").ClickAsync();
        await Assertions.Expect(page.Locator("dialog")).ToContainTextAsync("changed under the dialog");
        Assert.Equal("changed under the dialog", await site.Client.GetAsync("/doomed/x"));
        await page.GetByTestId("confirm-delete").ClickAsync();
        await page.GetByTestId("missing").WaitForAsync();
        Assert.Equal("", await site.Client.GetAsync("/doomed/x"));
        Assert.Empty(site.Faults);
    }
}
