using System.Net;
using System.Text.Json;
using Orleans.Doozer.Viewer.Tests.Support;

namespace Orleans.Doozer.Viewer.Tests;

[Collection(nameof(OneNode))]
public sealed class WriteTests(OneNode one)
{
    [Fact]
    public async Task Put_AtTheRevisionSeen_CreatesChangesAndDeletes()
    {
        await using var site = await SignedInAsync();
        var path = one.NewDirectory() + "/x";
        var created = await PutAsync(site, path, 0, "one");
        var changed = await PutAsync(site, path, created, "two");
        Assert.Equal("two", (await site.GetJsonAsync($"/api/file?path={path}")).GetProperty("value").GetString());
        using (var deleted = await site.SendAsync(HttpMethod.Delete, $"/api/file?path={path}&revision={changed}"))
        {
            Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        }

        using var gone = await site.GetAsync($"/api/file?path={path}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Put_AfterAnotherChange_IsAConflictThatShowsIt()
    {
        await using var site = await SignedInAsync();
        var path = one.NewDirectory() + "/x";
        var seen = await site.SetAsync(path, "seen");
        var other = await site.SetAsync(path, "other");
        foreach (var stale in new[] { seen, 0, other + 100 })
        {
            var body = await ConflictAsync(site, HttpMethod.Put, path, stale);
            var current = body.GetProperty("current");
            Assert.Equal((other, "other"), (current.GetProperty("revision").GetInt64(), current.GetProperty("value").GetString()));
        }

        await ConflictAsync(site, HttpMethod.Delete, path, seen);
        Assert.Equal("other", (await site.GetJsonAsync($"/api/file?path={path}")).GetProperty("value").GetString());
    }

    [Fact]
    public async Task Put_OfAFileThatWasDeletedMeanwhile_IsAConflictAndMakesNone()
    {
        await using var site = await SignedInAsync();
        var path = one.NewDirectory() + "/x";
        var seen = await site.SetAsync(path, "seen");
        await site.DeleteAsync(path);
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Delete })
        {
            var body = await ConflictAsync(site, method, path, seen);
            Assert.False(body.TryGetProperty("current", out _));
        }

        using var gone = await site.GetAsync($"/api/file?path={path}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Put_WhereADirectoryOrAFileIsInTheWay_IsAConflict()
    {
        await using var site = await SignedInAsync();
        var directory = one.NewDirectory();
        await site.SetAsync($"{directory}/x", "file");
        Assert.True((await ConflictAsync(site, HttpMethod.Put, directory, 0)).GetProperty("directory").GetBoolean());
        await ConflictAsync(site, HttpMethod.Put, $"{directory}/x/below", 0);
    }

    [Theory]
    [InlineData("""{"encoding":"text","value":"x"}""", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("""{"revision":-1,"encoding":"text","value":"x"}""", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("""{"revision":0,"encoding":"hex","value":"x"}""", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("""{"revision":0,"encoding":"base64","value":"?"}""", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("""{"revision":0,"encoding":"text"}""", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("nonsense", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("null", HttpStatusCode.BadRequest, "badRequest")]
    public async Task Put_OfWhatIsNoWrite_IsRefused(string body, HttpStatusCode status, string code)
    {
        await using var site = await SignedInAsync();
        using var document = TryParse(body);
        using var response = document is null
            ? await site.SendAsync(HttpMethod.Put, "/api/file?path=/never", body)
            : await site.SendAsync(HttpMethod.Put, "/api/file?path=/never", document.RootElement);
        await AccessTests.RequireRefusalAsync(response, status, code);
    }

    [Fact]
    public async Task Put_OfTooMuch_IsRefusedWithTheLimit()
    {
        await using var site = await SignedInAsync();
        foreach (var length in new[] { (1 << 20) + 1, 3 << 20 })
        {
            var body = new { revision = 0, encoding = "text", value = new string('x', length) };
            using var response = await site.SendAsync(HttpMethod.Put, "/api/file?path=/never", body);
            await AccessTests.RequireRefusalAsync(response, HttpStatusCode.RequestEntityTooLarge, "limit");
        }
    }

    private static JsonDocument? TryParse(string body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<Site> SignedInAsync()
    {
        var site = await Site.StartWithSecretsAsync(one.Node);
        Assert.Equal(HttpStatusCode.OK, await site.SignInAsync(Site.WriteSecret));
        return site;
    }

    private static async Task<long> PutAsync(Site site, string path, long revision, string value)
    {
        using var response = await site.SendAsync(HttpMethod.Put, $"/api/file?path={path}", new { revision, encoding = "text", value });
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("revision").GetInt64();
    }

    private static async Task<JsonElement> ConflictAsync(Site site, HttpMethod method, string path, long revision)
    {
        using var response = method == HttpMethod.Put
            ? await site.SendAsync(method, $"/api/file?path={path}", new { revision, encoding = "text", value = "mine" })
            : await site.SendAsync(method, $"/api/file?path={path}&revision={revision}");
        return await AccessTests.RequireRefusalAsync(response, HttpStatusCode.Conflict, "conflict");
    }
}
