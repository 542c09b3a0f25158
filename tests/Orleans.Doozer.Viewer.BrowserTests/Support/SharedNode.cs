namespace Orleans.Doozer.Viewer.BrowserTests;

/// <summary>One node for all tests of a class that leave each other's files alone: to start one takes longer than most of them.</summary>
public class SharedNode : IAsyncLifetime
{
    private Servers? _servers;

    /// <summary>Who signs in with it may write; null when there is no such secret, and pages only read.</summary>
    protected virtual string? ReadWrite => null;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>The node, and no page yet; without a browser on the machine the test is skipped, and nothing is started.</summary>
    internal async Task<Site> VisitAsync(Browser browser)
    {
        Browser.Require();
        _servers ??= await Servers.StartAsync(nodes: 1, readWrite: ReadWrite, readOnly: null, options: []);
        return new(browser, _servers, ownsServers: false);
    }

    public async Task DisposeAsync()
    {
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
    }
}

/// <summary>One whose pages may write, once signed in.</summary>
public sealed class SharedWritableNode : SharedNode
{
    protected override string? ReadWrite => Site.ReadWrite;
}
