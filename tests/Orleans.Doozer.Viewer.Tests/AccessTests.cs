using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Orleans.Doozer.Viewer.Access;
using Orleans.Doozer.Viewer.Tests.Support;

namespace Orleans.Doozer.Viewer.Tests;

[Collection(nameof(OneNode))]
public sealed class AccessTests(OneNode one)
{
    [Fact]
    public async Task Page_WithoutSecrets_ReadsAndWritesNothing()
    {
        await using var site = await Site.StartAsync(one.Node);
        var session = await site.GetSessionAsync();
        Assert.Equal("read", session.GetProperty("access").GetString());
        Assert.False(session.GetProperty("canSignIn").GetBoolean());
        await site.GetJsonAsync("/api/tree");
        using var put = await site.SendAsync(HttpMethod.Put, "/api/file?path=/x", new { revision = 0, encoding = "text", value = "x" });
        await RequireRefusalAsync(put, HttpStatusCode.Forbidden, "readOnly");
        Assert.Equal(HttpStatusCode.Unauthorized, await site.SignInAsync(""));
    }

    [Fact]
    public async Task Page_BehindAProxyWithoutSecrets_IsRefused()
    {
        await using var site = await Site.StartAsync(one.Node);
        foreach (var address in new[] { "/api/tree", "/", "/api/session", "/metrics" })
        {
            using var response = await site.GetAsync(address, ("X-Forwarded-For", "192.0.2.1"));
            await RequireRefusalAsync(response, HttpStatusCode.Forbidden, "remote");
        }
    }

    [Theory]
    [InlineData("192.0.2.1", false, null, AccessLevel.None)]
    [InlineData("192.0.2.1", true, null, AccessLevel.Read)]
    [InlineData("192.0.2.1", true, "ro", AccessLevel.None)]
    [InlineData("127.0.0.1", false, null, AccessLevel.Read)]
    [InlineData("::1", false, null, AccessLevel.Read)]
    [InlineData("::ffff:127.0.0.1", false, null, AccessLevel.Read)]
    [InlineData("127.0.0.1", false, "ro", AccessLevel.None)]
    [InlineData(null, false, null, AccessLevel.None)]
    internal void Rights_OfWhoHasNotSignedIn_FollowPlaceAndSecrets(string? remote, bool allowed, string? readSecret, AccessLevel expected)
    {
        var rights = new Rights(new() { AllowRemote = allowed, ReadOnlySecret = readSecret, ReadWriteSecret = "rw" });
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        Assert.Equal(expected, rights.Anonymous(context).Level);
    }

    [Fact]
    public async Task Secrets_BothSet_EachAllowsItsOwn()
    {
        await using var site = await Site.StartWithSecretsAsync(one.Node);
        var path = one.NewDirectory() + "/x";
        using (var anonymous = await site.GetAsync("/api/tree"))
        {
            await RequireRefusalAsync(anonymous, HttpStatusCode.Unauthorized, "signIn");
        }

        Assert.False((await site.GetSessionAsync()).TryGetProperty("node", out _));
        Assert.Equal(HttpStatusCode.OK, await site.SignInAsync(Site.ReadSecret));
        await site.GetJsonAsync("/api/tree");
        var body = new { revision = 0, encoding = "text", value = "x" };
        using (var put = await site.SendAsync(HttpMethod.Put, $"/api/file?path={path}", body))
        {
            await RequireRefusalAsync(put, HttpStatusCode.Forbidden, "readOnly");
        }

        Assert.Equal(HttpStatusCode.OK, await site.SignInAsync(Site.WriteSecret));
        using var written = await site.SendAsync(HttpMethod.Put, $"/api/file?path={path}", body);
        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        Assert.Equal("write", (await site.GetSessionAsync()).GetProperty("access").GetString());
    }

    [Fact]
    public async Task SignIn_WithMoreRights_EndsTheSessionBefore()
    {
        await using var site = await Site.StartWithSecretsAsync(one.Node);
        await site.SignInAsync(Site.ReadSecret);
        var before = CookieHeader(site);
        await site.SignInAsync(Site.WriteSecret);
        using var response = await new HttpClient().SendAsync(
            new(HttpMethod.Get, new Uri(site.Address, "/api/tree")) { Headers = { { "Cookie", before } } });
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Cookies_AfterSigningIn_AreOutOfReachForScriptsAndOtherSites()
    {
        await using var site = await Site.StartWithSecretsAsync(one.Node);
        await site.GetSessionAsync();
        using var response = await site.SendAsync(HttpMethod.Post, "/api/session", new { secret = Site.WriteSecret });
        var cookies = response.Headers.GetValues("Set-Cookie").ToList();
        Assert.NotEmpty(cookies);
        Assert.All(cookies, cookie =>
        {
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Site.WriteSecret, cookie, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task SignIn_WithWrongSecrets_IsRefusedAndSoonNotEvenLookedAt()
    {
        await using var site = await Site.StartWithSecretsAsync(one.Node, options => options.SignInsPerMinute = 3);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await site.SignInAsync($"guess {i}"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await site.SignInAsync(Site.WriteSecret));
        using var bearer = await site.GetAsync("/api/tree", ("Authorization", $"Bearer {Site.WriteSecret}"));
        await RequireRefusalAsync(bearer, HttpStatusCode.TooManyRequests, "tooMany");
        Assert.InRange(bearer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }

    [Fact]
    public async Task SignOut_EndsTheSession_AlsoForACopyOfTheCookie()
    {
        await using var site = await Site.StartWithSecretsAsync(one.Node);
        await site.SignInAsync(Site.WriteSecret);
        var copy = CookieHeader(site);
        using (var before = await new HttpClient().SendAsync(Request(site, copy)))
        {
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        }

        using (var signedOut = await site.SendAsync(HttpMethod.Delete, "/api/session"))
        {
            Assert.Equal(HttpStatusCode.OK, signedOut.StatusCode);
        }

        using var after = await new HttpClient().SendAsync(Request(site, copy));
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);

        static HttpRequestMessage Request(Site site, string cookie) =>
            new(HttpMethod.Get, new Uri(site.Address, "/api/tree")) { Headers = { { "Cookie", cookie } } };
    }

    [Fact]
    public async Task Change_WithoutTheTokenOrWithThatOfAnotherSession_IsRefused()
    {
        await using var site = await Site.StartWithSecretsAsync(one.Node);
        var early = (await site.GetSessionAsync()).GetProperty("csrf").GetString()!;
        await site.SignInAsync(Site.WriteSecret);
        var path = one.NewDirectory() + "/x";
        foreach (var token in new[] { "", early, "nonsense" })
        {
            using var client = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(site.Address, $"/api/file?path={path}"))
            {
                Content = JsonContent.Create(new { revision = 0, encoding = "text", value = "x" }),
            };
            request.Headers.Add("Cookie", CookieHeader(site));
            request.Headers.Add(ViewerHost.CsrfHeader, token);
            using var response = await client.SendAsync(request);
            await RequireRefusalAsync(response, HttpStatusCode.Forbidden, "csrf");
        }
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://localhost")]
    [InlineData("null")]
    public async Task Change_FromAForeignPage_IsRefused(string origin)
    {
        await using var site = await Site.StartWithSecretsAsync(one.Node);
        await site.SignInAsync(Site.WriteSecret);
        using var response = await site.SendAsync(HttpMethod.Delete, "/api/file?path=/ctl/name&revision=1", null, ("Origin", origin));
        await RequireRefusalAsync(response, HttpStatusCode.Forbidden, "origin");
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => site.ConnectAsync(origin));
        Assert.Equal(HttpStatusCode.Forbidden, refusal.StatusCode);
    }

    [Fact]
    public async Task Host_ThatIsNotOurs_IsRefusedExceptForProbes()
    {
        await using var site = await Site.StartAsync(one.Node, options => options.HostNames.Add("doozer.example"));
        foreach (var address in new[] { "/", "/api/tree", "/api/session", "/metrics" })
        {
            using var response = await site.GetAsync(address, ("Host", "evil.example:8000"));
            await RequireRefusalAsync(response, HttpStatusCode.Forbidden, "host");
        }

        foreach (var host in new[] { "localhost", "127.0.0.1:9", "[::1]:9", "doozer.example", "DOOZER.example:80" })
        {
            using var response = await site.GetAsync("/api/tree", ("Host", host));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        using var probe = await site.GetAsync("/livez", ("Host", "evil.example"));
        Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
    }

    [Fact]
    public async Task Bearer_OfAProgram_NeedsNoCookieAndNoToken()
    {
        await using var site = await Site.StartWithSecretsAsync(one.Node);
        var path = one.NewDirectory() + "/x";
        using (var metrics = await site.GetAsync("/metrics"))
        {
            await RequireRefusalAsync(metrics, HttpStatusCode.Unauthorized, "signIn");
        }

        using (var metrics = await site.GetAsync("/metrics", ("Authorization", $"Bearer {Site.ReadSecret}")))
        {
            Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        }

        using (var wrong = await site.GetAsync("/metrics", ("Authorization", "Bearer no")))
        {
            await RequireRefusalAsync(wrong, HttpStatusCode.Unauthorized, "signIn");
        }

        var body = new { revision = 0, encoding = "text", value = "x" };
        using var put = await site.SendAsync(
            HttpMethod.Put, $"/api/file?path={path}", body, ("Authorization", $"Bearer {Site.WriteSecret}"));
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
    }

    [Fact]
    public void SessionStore_WithTooManySessions_EndsTheOldest()
    {
        using var sessions = new SessionStore(new(), TimeProvider.System);
        var names = Enumerable.Range(0, SessionStore.MaxSessions + 1).Select(_ => Begin(sessions)).ToList();
        Assert.Null(sessions.Find(names[0]));
        Assert.True(sessions.EndOf(names[0]).IsCancellationRequested);
        Assert.NotNull(sessions.Find(names[1]));
        Assert.NotNull(sessions.Find(names[^1]));
    }

    [Fact]
    public void SessionStore_WhenTheTimeIsOver_EndsTheSession()
    {
        var time = new FakeTimeProvider();
        using var sessions = new SessionStore(new() { SessionTime = TimeSpan.FromHours(1) }, time);
        var name = Begin(sessions);
        var end = sessions.EndOf(name);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(sessions.Find(name));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(sessions.Find(name));
        Assert.True(end.IsCancellationRequested);
    }

    private static string CookieHeader(Site site) => string.Join("; ", site.Cookies.Select(cookie => $"{cookie.Name}={cookie.Value}"));

    private static string Begin(SessionStore sessions)
    {
        var principal = SessionStore.CreatePrincipal(AccessLevel.Read);
        sessions.Begin(principal);
        return SessionStore.NameOf(principal)!;
    }

    internal static async Task<JsonElement> RequireRefusalAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.RequestMessage!.RequestUri}: {response.StatusCode} {text}");
        var body = JsonDocument.Parse(text).RootElement;
        Assert.Equal(code, body.GetProperty("error").GetProperty("code").GetString());
        return body;
    }
}
