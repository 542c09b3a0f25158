using System.Collections.Concurrent;
using Microsoft.Playwright;
using Orleans.Doozer.SystemTests;

namespace Orleans.Doozer.Viewer.BrowserTests;

/// <summary>Real doozerd processes, the first with a web view, and pages that look at it.</summary>
internal sealed class Site : IAsyncDisposable
{
    public const string ReadWrite = "read-write-secret";
    public const string ReadOnly = "read-only-secret";

    // Of the web view's port.
    private const int WebOffset = 25_000;

    private readonly Browser _browser;
    private readonly string _root = Directory.CreateTempSubdirectory("doozer-browser-").FullName;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly List<IBrowserContext> _contexts = [];

    private Site(Browser browser) => _browser = browser;

    public List<DoozerdProcess> Nodes { get; } = [];

    public StoreClient Client { get; private set; } = null!;

    public string Address => $"http://127.0.0.1:{Nodes[0].Port + WebOffset}";

    /// <summary>What pages said was wrong: uncaught errors and breaches of the content security policy.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Starts nodes; without a browser on the machine the test is skipped.</summary>
    public static async Task<Site> StartAsync(Browser browser, int nodes = 1, string? readWrite = null, string? readOnly = null, params string[] options)
    {
        Browser.Require();
        var site = new Site(browser);
        var ports = FreePorts.ForDoozerd(nodes, WebOffset);
        for (var i = 0; i < nodes; i++)
        {
            site.Nodes.Add(site.CreateNode(ports[i], i == 0 ? null : ports[0], readWrite, readOnly, options));
            site.Nodes[i].Start();
            await site.Nodes[i].WaitAsync();
        }

        site.Client = await StoreClient.OpenAsync(ports[^1], readWrite);

        // A node serves its own clients before it has joined, and takes no writes until then.
        await Wait.UntilAsync(site.Client.HasJoinedAsync, "the last node has joined");
        return site;
    }

    /// <summary>Opens a page as somebody who was never here.</summary>
    public async Task<IPage> OpenAsync(string path, BrowserNewContextOptions? options = null)
    {
        var context = await _browser.NewContextAsync(options ?? new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        _contexts.Add(context);
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => _faults.Enqueue(error);
        page.Console += (_, message) => Note(message);
        page.SetDefaultTimeout(30_000);
        await ServeFromDiskAsync(page);
        await page.GotoAsync(Address + path);
        return page;
    }

    /// <summary>Opens a page and waits until it is connected.</summary>
    public async Task<IPage> OpenLiveAsync(string path, BrowserNewContextOptions? options = null)
    {
        var page = await OpenAsync(path, options);
        await page.WaitForPhaseAsync("live");
        return page;
    }

    /// <summary>A page whose person signed in.</summary>
    public async Task<IPage> OpenSignedInAsync(string path, string secret)
    {
        var page = await OpenAsync("/signin");
        await page.GetByTestId("secret").FillAsync(secret);
        await page.GetByTestId("secret").PressAsync("Enter");
        await page.WaitForURLAsync("**/tree");
        await page.GotoAsync(Address + path);
        await page.WaitForPhaseAsync("live");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            await context.DisposeAsync();
        }

        Client?.Dispose();
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_root, recursive: true);
    }

    /// <summary>With DOOZER_WWWROOT the page's files come from that folder and not from doozerd: they can be changed without a build.</summary>
    private static async Task ServeFromDiskAsync(IPage page)
    {
        if (Environment.GetEnvironmentVariable("DOOZER_WWWROOT") is { Length: > 0 } folder)
        {
            await page.RouteAsync(
                url => new Uri(url).AbsolutePath is { } path && (path.StartsWith("/js/", StringComparison.Ordinal) || path.StartsWith("/css/", StringComparison.Ordinal)),
                route => route.FulfillAsync(new() { Path = folder + new Uri(route.Request.Url).AbsolutePath }));
        }
    }

    private void Note(IConsoleMessage message)
    {
        // That a request was refused is told by the browser on its own and is no fault of the page.
        if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
            && !message.Text.Contains("WebSocket connection to", StringComparison.Ordinal))
        {
            _faults.Enqueue(message.Text);
        }
    }

    private DoozerdProcess CreateNode(int port, int? attach, string? readWrite, string? readOnly, string[] options)
    {
        string[] data = options.Contains("--memory") ? [] : ["-d", Path.Combine(_root, $"n{port}")];
        string[] attached = attach is null ? [] : ["-a", $"127.0.0.1:{attach}"];
        var node = new DoozerdProcess("127.0.0.1", port, ["-l", $"127.0.0.1:{port}", "-w", $"127.0.0.1:{port + WebOffset}", .. data, .. attached, .. options]);
        node.Environment["DOOZER_RWSECRET"] = readWrite ?? "";
        node.Environment["DOOZER_ROSECRET"] = readOnly ?? "";
        return node;
    }
}
