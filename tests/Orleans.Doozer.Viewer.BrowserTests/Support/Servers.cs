using Orleans.Doozer.SystemTests;

namespace Orleans.Doozer.Viewer.BrowserTests;

/// <summary>Real doozerd processes, the first with a web view.</summary>
internal sealed class Servers : IAsyncDisposable
{
    // Of the web view's port.
    private const int WebOffset = 25_000;

    private readonly string _root = Directory.CreateTempSubdirectory("doozer-browser-").FullName;

    private Servers()
    {
    }

    public List<DoozerdProcess> Nodes { get; } = [];

    public StoreClient Client { get; private set; } = null!;

    public string Address => $"http://127.0.0.1:{Nodes[0].Port + WebOffset}";

    public static async Task<Servers> StartAsync(int nodes, string? readWrite, string? readOnly, string[] options)
    {
        var servers = new Servers();
        try
        {
            await servers.StartNodesAsync(nodes, readWrite, readOnly, options);
            return servers;
        }
        catch
        {
            // A node that started must not outlive a test that found another one wanting.
            await servers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_root, recursive: true);
    }

    private async Task StartNodesAsync(int nodes, string? readWrite, string? readOnly, string[] options)
    {
        var ports = FreePorts.ForDoozerd(nodes, WebOffset);
        for (var i = 0; i < nodes; i++)
        {
            Nodes.Add(CreateNode(ports[i], i == 0 ? null : ports[0], readWrite, readOnly, options));
            Nodes[i].Start();
            await Nodes[i].WaitAsync();
        }

        Client = await StoreClient.OpenAsync(ports[^1], readWrite);

        // A node serves its own clients before it has joined, and takes no writes until then.
        await Wait.UntilAsync(Client.HasJoinedAsync, "the last node has joined");
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
