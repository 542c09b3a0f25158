using System.Collections.Concurrent;
using Microsoft.Playwright;
using Orleans.Doozer.SystemTests;

namespace Orleans.Doozer.Viewer.BrowserTests;

/// <summary>Nodes, a test's own or shared (<see cref="SharedNode"/>), and this test's pages that look at the first.</summary>
internal sealed class Site : IAsyncDisposable
{
    public const string ReadWrite = "read-write-secret";
    public const string ReadOnly = "read-only-secret";

    private readonly Browser _browser;
    private readonly Servers _servers;
    private readonly bool _ownsServers;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly List<IBrowserContext> _contexts = [];

    public Site(Browser browser, Servers servers, bool ownsServers)
    {
        _browser = browser;
        _servers = servers;
        _ownsServers = ownsServers;
    }

    public List<DoozerdProcess> Nodes => _servers.Nodes;

    public StoreClient Client => _servers.Client;

    public string Address => _servers.Address;

    /// <summary>What pages said was wrong: uncaught errors and breaches of the content security policy.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Starts nodes; without a browser on the machine the test is skipped.</summary>
    public static async Task<Site> StartAsync(Browser browser, int nodes = 1, string? readWrite = null, string? readOnly = null, params string[] options)
    {
        Browser.Require();
        return new(browser, await Servers.StartAsync(nodes, readWrite, readOnly, options), ownsServers: true);
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
        await GoLiveAsync(page, path);
        return page;
    }

    /// <summary>Loads another address into a page and waits until it is connected.</summary>
    public async Task GoLiveAsync(IPage page, string path)
    {
        await page.GotoAsync(Address + path);
        await page.WaitForPhaseAsync("live");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            await context.DisposeAsync();
        }

        if (_ownsServers)
        {
            await _servers.DisposeAsync();
        }
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
}
