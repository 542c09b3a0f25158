using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Orleans.Doozer.SystemTests;

/// <summary>The web view of real doozerd processes.</summary>
[Collection("system")]
public sealed class WebViewTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("doozer-web-").FullName;
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Page_OfANodeThatWaitsForItsCluster_IsThereAndSaysSo()
    {
        var ports = FreePorts.ForDoozerd(3);
        await using var joining = Node(ports[1], $"127.0.0.1:{ports[2]}", "-a", $"127.0.0.1:{ports[0]}");
        joining.Start();
        await Wait.UntilAsync(async () => await StatusAsync(ports[2], "/livez") == HttpStatusCode.OK, "the page is there");
        var session = JsonDocument.Parse(await _client.GetStringAsync(Address(ports[2], "/api/session"))).RootElement;
        Assert.Equal("starting", session.GetProperty("state").GetString());
        Assert.Contains($"127.0.0.1:{ports[0]}", session.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(ports[2], "/readyz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(ports[2], "/api/tree"));

        await using var founder = new DoozerdProcess(ports[0], attach: null, Path.Combine(_root, "n0"));
        founder.Start();
        await joining.WaitAsync();
        await Wait.UntilAsync(async () => await StatusAsync(ports[2], "/readyz") == HttpStatusCode.OK, "the node is ready");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(ports[2], "/api/tree"));
        Assert.Equal(0, await joining.StopAsync());
    }

    [Fact]
    public async Task Address_ThatWasGivenAndIsTaken_EndsTheNodeWithOneLine()
    {
        var ports = FreePorts.ForDoozerd(2);
        using var taken = new TcpListener(IPAddress.Loopback, ports[1]);
        taken.Start();
        var result = await Programs.RunAsync(
            Programs.Doozerd, ["-l", $"127.0.0.1:{ports[0]}", "-w", $"127.0.0.1:{ports[1]}", "-d", Path.Combine(_root, "n0")]);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(
            $"doozerd: -w: the address 127.0.0.1:{ports[1]} is in use; choose another address, or say -w false\n", result.Error);
    }

    [Theory]
    [InlineData("no host at all", "is no host and port")]
    [InlineData("no-such-host.invalid:8000", "cannot be resolved")]
    [InlineData("192.0.2.1:8000", "cannot be listened on")]
    public async Task Address_ThatCannotBe_EndsTheNodeWithOneLine(string address, string expected)
    {
        var port = FreePorts.ForDoozerd(1)[0];
        var result = await Programs.RunAsync(
            Programs.Doozerd, ["-l", $"127.0.0.1:{port}", "-w", address, "-d", Path.Combine(_root, "n0")]);
        Assert.Equal(1, result.ExitCode);
        var line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("doozerd: -w: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DefaultAddress_ThatIsTaken_IsSaidAndTheNodeServes()
    {
        using var taken = TryTakeDefault();
        var port = FreePorts.ForDoozerd(1)[0];
        await using var node = new DoozerdProcess("127.0.0.1", port, ["-l", $"127.0.0.1:{port}", "-d", Path.Combine(_root, "n0")]);
        node.Start();
        await node.WaitAsync();
        await Wait.UntilAsync(
            () => Task.FromResult(node.Log.Contains("no web view: the address 127.0.0.1:8000 is in use", StringComparison.Ordinal)),
            "it says that it has no web view");
        Assert.Equal(0, await node.StopAsync());
    }

    private static TcpListener? TryTakeDefault()
    {
        var listener = new TcpListener(IPAddress.Loopback, 8000);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            // Somebody has it: as good.
            listener.Dispose();
            return null;
        }
    }

    private static Uri Address(int port, string path) => new($"http://127.0.0.1:{port}{path}");

    private DoozerdProcess Node(int port, string web, params string[] more) => new(
        "127.0.0.1", port, ["-l", $"127.0.0.1:{port}", "-w", web, "-d", Path.Combine(_root, $"n{port}"), .. more]);

    private async Task<HttpStatusCode?> StatusAsync(int port, string path)
    {
        try
        {
            using var response = await _client.GetAsync(Address(port, path));
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
