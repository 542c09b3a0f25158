using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Orleans.Doozer.Viewer.Tests.Support;

namespace Orleans.Doozer.Viewer.Tests;

[Collection(nameof(OneNode))]
public sealed class TreeTests(OneNode one)
{
    [Fact]
    public async Task List_OfManyEntries_ComesInPagesByNameAndByNumber()
    {
        await using var site = await Site.StartAsync(one.Node);
        var directory = one.NewDirectory();
        await Task.WhenAll(Enumerable.Range(0, 250).Select(i => site.SetAsync($"{directory}/f{i:000}", "x")));
        await site.SetAsync($"{directory}/sub/a", "x");

        var first = await site.GetJsonAsync($"/api/tree?path={directory}&limit=100");
        Assert.Equal((251, true), (first.GetProperty("count").GetInt32(), first.GetProperty("more").GetBoolean()));
        Assert.Equal("f000", Names(first)[0]);
        var second = await site.GetJsonAsync($"/api/tree?path={directory}&limit=100&after={Names(first)[^1]}&revision={first.GetProperty("at")}");
        Assert.Equal("f100", Names(second)[0]);
        var last = await site.GetJsonAsync($"/api/tree?path={directory}&limit=100&offset=249");
        Assert.Equal(["f249", "sub"], Names(last));
        Assert.False(last.GetProperty("more").GetBoolean());
        var sub = last.GetProperty("entries")[1];
        Assert.Equal(("directory", 1), (sub.GetProperty("kind").GetString(), sub.GetProperty("length").GetInt32()));
        Assert.Empty(Names(await site.GetJsonAsync($"/api/tree?path={directory}&offset=1000")));
    }

    [Fact]
    public async Task List_AsOfARevision_IsTheTreeOfThen()
    {
        await using var site = await Site.StartAsync(one.Node);
        var directory = one.NewDirectory();
        var then = await site.SetAsync($"{directory}/a", "old");
        await site.SetAsync($"{directory}/a", "new");
        await site.SetAsync($"{directory}/b", "x");
        Assert.Equal(["a"], Names(await site.GetJsonAsync($"/api/tree?path={directory}&revision={then}")));
        Assert.Equal("old", (await site.GetJsonAsync($"/api/file?path={directory}/a&revision={then}")).GetProperty("value").GetString());
        Assert.Equal(["a", "b"], Names(await site.GetJsonAsync($"/api/tree?path={directory}")));
    }

    [Theory]
    [InlineData("/api/tree?path=/nothing/there", HttpStatusCode.NotFound, "notFound")]
    [InlineData("/api/tree?path=/ctl/name", HttpStatusCode.NotFound, "notFound")]
    [InlineData("/api/tree?path=relative", HttpStatusCode.BadRequest, "badPath")]
    [InlineData("/api/tree?path=/%3Cscript%3E", HttpStatusCode.BadRequest, "badPath")]
    [InlineData("/api/tree?limit=0", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("/api/tree?limit=many", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("/api/tree?offset=-1", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("/api/tree?revision=999999999", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("/api/tree?revision=0", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("/api/file", HttpStatusCode.BadRequest, "badPath")]
    [InlineData("/api/file?path=/ctl", HttpStatusCode.NotFound, "notFound")]
    [InlineData("/api/raw?path=/no", HttpStatusCode.NotFound, "notFound")]
    [InlineData("/api/find?glob=no", HttpStatusCode.BadRequest, "badPath")]
    [InlineData("/api/find", HttpStatusCode.BadRequest, "badPath")]
    [InlineData("/api/unknown", HttpStatusCode.NotFound, "notFound")]
    public async Task Read_OfWhatIsNotThere_IsRefusedInOneSentence(string address, HttpStatusCode status, string code)
    {
        await using var site = await Site.StartAsync(one.Node);
        using var response = await site.GetAsync(address);
        var body = await AccessTests.RequireRefusalAsync(response, status, code);
        Assert.DoesNotContain("<script>", body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_OfMoreThanAPage_GoesOnWhereItEnded()
    {
        await using var site = await Site.StartAsync(one.Node);
        var directory = one.NewDirectory();
        foreach (var name in new[] { "a/x", "a/y", "b/x", "b/y", "c/x" })
        {
            await site.SetAsync($"{directory}/{name}", "v");
        }

        var first = await site.GetJsonAsync($"/api/find?glob={directory}/*/x&limit=2");
        Assert.Equal([$"{directory}/a/x", $"{directory}/b/x"], Paths(first));
        var next = await site.GetJsonAsync($"/api/find?glob={directory}/*/x&limit=2&after={first.GetProperty("next").GetString()}");
        Assert.Equal([$"{directory}/c/x"], Paths(next));
        Assert.False(next.GetProperty("more").GetBoolean());

        static IEnumerable<string> Paths(JsonElement reply) =>
            reply.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!);
    }

    [Fact]
    public async Task File_ThatIsLarge_IsCutAndWholeByItsOwnRoute()
    {
        await using var site = await Site.StartAsync(one.Node);
        var path = one.NewDirectory() + "/page.html";
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        await site.SetAsync(path, bytes);
        var file = await site.GetJsonAsync($"/api/file?path={path}");
        Assert.Equal((100_000, "base64", true), (
            file.GetProperty("length").GetInt32(), file.GetProperty("encoding").GetString(), file.GetProperty("truncated").GetBoolean()));
        Assert.Equal(64 * 1024, file.GetProperty("value").GetBytesFromBase64().Length);

        using var raw = await site.GetAsync($"/api/raw?path={path}");
        Assert.Equal(bytes, await raw.Content.ReadAsByteArrayAsync());
        Assert.Equal("application/octet-stream", raw.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", raw.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", raw.Headers.GetValues("X-Content-Type-Options").Single());
        using var part = await site.GetAsync($"/api/raw?path={path}", ("Range", "bytes=10-19"));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(bytes[10..20], await part.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task File_WithHostileText_IsEscapedInJson()
    {
        await using var site = await Site.StartAsync(one.Node);
        var path = one.NewDirectory() + "/x";
        const string Text = "</script><script>alert(1)</script>";
        await site.SetAsync(path, Text);
        using var response = await site.GetAsync($"/api/file?path={path}");
        var json = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<", json, StringComparison.Ordinal);
        Assert.Equal(Text, JsonDocument.Parse(json).RootElement.GetProperty("value").GetString());
        Assert.Equal(new MediaTypeHeaderValue("application/json", "utf-8"), response.Content.Headers.ContentType);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
    }

    private static List<string> Names(JsonElement page) =>
        [.. page.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];
}
