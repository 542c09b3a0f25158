using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Doozer.Viewer.Tests.Support;

namespace Orleans.Doozer.Viewer.Tests;

[Collection(nameof(OneNode))]
public sealed class PageTests(OneNode one)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/tree/app/config.json")]
    [InlineData("/history/app/x")]
    [InlineData("/events")]
    [InlineData("/cluster")]
    [InlineData("/paxos")]
    [InlineData("/charts")]
    [InlineData("/signin")]
    public async Task Page_UnderEachOfItsAddresses_IsTheSame(string address)
    {
        await using var site = await Site.StartAsync(one.Node);
        using var response = await site.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        using var again = await site.GetAsync(address, ("If-None-Match", response.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task Answers_OfAllKinds_CarryThePolicy()
    {
        await using var site = await Site.StartAsync(one.Node);
        foreach (var address in new[] { "/", "/api", "/api/tree", "/api/none", "/none.js", "/livez", "/metrics" })
        {
            using var response = await site.GetAsync(address);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Theory]
    [InlineData("/API.md")]
    [InlineData("/..%2fAPI.md")]
    [InlineData("/%2e%2e/API.md")]
    [InlineData("/wwwroot/index.html")]
    [InlineData("/none.js")]
    public async Task File_ThatIsNotOfThePage_IsNotFound(string address)
    {
        await using var site = await Site.StartAsync(one.Node);
        using var response = await site.GetAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Api_AtItsAddress_IsDescribed()
    {
        await using var site = await Site.StartAsync(one.Node);
        using var response = await site.GetAsync("/api");
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("/api/live", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_WithACertificate_EncryptsAndItsCookiesStayThere()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var site = await Site.StartWithSecretsAsync(one.Node, options => options.Certificate = certificate);
        Assert.Equal("https", site.Address.Scheme);
        Assert.Equal(HttpStatusCode.OK, await site.SignInAsync(Site.ReadSecret));
        Assert.All(site.Cookies, cookie =>
        {
            Assert.True(cookie.Secure);
            Assert.StartsWith("__Host-", cookie.Name, StringComparison.Ordinal);
        });
        await site.GetJsonAsync("/api/tree");
    }

    [Fact]
    public async Task Start_WhereSomebodyListens_SaysThatTheAddressIsInUse()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var node = new ViewerNode();
        var refusal = await Assert.ThrowsAnyAsync<IOException>(() => ViewerHost.StartAsync(node, new() { Address = (IPEndPoint)taken.LocalEndpoint }));
        Assert.Contains("in use", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Start_OnAnAddressOfAnotherMachine_SaysWhatIsWrong()
    {
        using var node = new ViewerNode();
        var refusal = await Assert.ThrowsAnyAsync<IOException>(
            () => ViewerHost.StartAsync(node, new() { Address = new(IPAddress.Parse("192.0.2.1"), 8000) }));
        Assert.Contains("192.0.2.1", refusal.Message, StringComparison.Ordinal);
    }
}
