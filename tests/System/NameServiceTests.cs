namespace Orleans.Doozer.SystemTests;

/// <summary>Clusters that are found, or made, by their name in another Doozer (-b).</summary>
[Collection("system")]
public sealed class NameServiceTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("doozer-names-").FullName;
    private readonly List<int> _ports = FreePorts.ForDoozerd(5);
    private readonly List<DoozerdProcess> _started = [];

    private string BootUri => $"doozer:?ca=127.0.0.1:{_ports[0]}";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var node in _started)
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task ThreeNodes_StartedAtOnceWithAName_OneFoundsAndItsNameLeadsToAllThree()
    {
        await StartBootAsync();
        var nodes = Enumerable.Range(1, 3).Select(index => Node(index, $"n{index}")).ToList();
        nodes.ForEach(node => node.Start());
        await Task.WhenAll(nodes.Select(node => node.WaitAsync()));

        Assert.Single(nodes, HasFounded);
        Assert.Single(nodes.Select(ClusterOf).Distinct());
        await WaitForEntriesAsync(nodes.Select(node => $"127.0.0.1:{node.Port}"));
        Assert.Equal(IdOf(nodes.Single(HasFounded)), (await BootAsync("", "get", "/ctl/boot/east")).Output);
        var added = await Programs.RunAsync(Programs.Doozer, ["-b", BootUri, "-a", "doozer:?cn=east", "add", "/by/name"], "x");
        Assert.True(added.ExitCode == 0, added.Error);

        // The first one's directory is lost: it comes back as a new node of the same cluster.
        var first = nodes.Single(HasFounded);
        await first.KillAsync();
        var reborn = Node(nodes.IndexOf(first) + 1, "reborn");
        reborn.Start();
        await reborn.WaitAsync();
        Assert.False(HasFounded(reborn));
        Assert.Equal(ClusterOf(first), ClusterOf(reborn));
        await RequireReadAsync(reborn, "/by/name");

        // Nobody needs the boot cluster to start again.
        await _started[0].KillAsync();
        await Task.WhenAll(nodes.Where(node => node != first).Append(reborn).Select(async node =>
        {
            await node.KillAsync();
            node.Start();
            await node.WaitAsync();
        }));
        await RequireReadAsync(reborn, "/by/name");
    }

    [Fact]
    public async Task FirstNode_CrashedBetweenTakingTheNameAndFounding_GoesOnWhenItStartsAgainAndOthersWaitForIt()
    {
        await StartBootAsync();

        // A node with an identity and no cluster is what such a crash leaves.
        await using (var crashed = new DoozerdProcess(_ports[1], attach: _ports[4], Path.Combine(_root, "n1")))
        {
            crashed.Start();
            await Wait.UntilAsync(() => Task.FromResult(crashed.Log.Contains("Waiting to join", StringComparison.Ordinal)), "it has an identity");
            await crashed.KillAsync();
            Assert.Equal(0, (await BootAsync(JournalIdOf(crashed), "add", "/ctl/boot/east")).ExitCode);
        }

        var second = Node(2, "n2");
        second.Start();
        await Wait.UntilAsync(() => Task.FromResult(second.Log.Contains("took the name 'east' first", StringComparison.Ordinal)), "it says whom it waits for");

        var first = Node(1, "n1");
        first.Start();
        await Task.WhenAll(first.WaitAsync(), second.WaitAsync());

        Assert.True(HasFounded(first));
        Assert.False(HasFounded(second));
        Assert.Equal(ClusterOf(first), ClusterOf(second));
    }

    [Fact]
    public async Task Node_BootClusterDownOrSilent_WaitsSayingSoAndGoesOnWhenItIsUp()
    {
        var node = Node(1, "n1");
        node.Start();
        await Wait.UntilAsync(() => Task.FromResult(node.Log.Contains("Waiting for the boot cluster", StringComparison.Ordinal)), "it says so");
        Assert.Contains($"127.0.0.1:{_ports[0]}: connection refused", node.Log, StringComparison.Ordinal);
        Assert.Equal(0, await node.StopAsync());

        node.Start();
        await StartBootAsync();
        await node.WaitAsync();

        Assert.True(HasFounded(node));
        await WaitForEntriesAsync([$"127.0.0.1:{node.Port}"]);
    }

    [Fact]
    public async Task Node_NameThatAnotherClusterHas_SaysSoAndLeavesItsEntriesAlone()
    {
        await StartBootAsync();
        Assert.Equal(0, (await BootAsync("127.0.0.1:1", "add", "/ctl/ns/east/AAAAAAAAAAAAAAAA")).ExitCode);

        // It founded its cluster without the boot cluster, under a name that is taken there.
        var founder = new DoozerdProcess("127.0.0.1", _ports[1], ["-l", $"127.0.0.1:{_ports[1]}", "-c", "east", "-d", Path.Combine(_root, "n1")]);
        _started.Add(founder);
        founder.Start();
        await founder.WaitAsync();
        Assert.Equal(0, await founder.StopAsync());
        var named = Node(1, "n1");
        named.Start();
        await named.WaitAsync();

        await Wait.UntilAsync(() => Task.FromResult(named.Log.Contains("another cluster of this name", StringComparison.Ordinal)), "it says so");
        Assert.Equal("127.0.0.1:1", (await BootAsync("", "get", "/ctl/ns/east/AAAAAAAAAAAAAAAA")).Output);
    }

    private async Task StartBootAsync()
    {
        var boot = new DoozerdProcess(_ports[0], attach: null, Path.Combine(_root, "boot"));
        _started.Insert(0, boot);
        boot.Start();
        await boot.WaitAsync();
    }

    private DoozerdProcess Node(int index, string data)
    {
        var address = $"127.0.0.1:{_ports[index]}";
        var node = new DoozerdProcess("127.0.0.1", _ports[index], ["-l", address, "-b", BootUri, "-c", "east", "-d", Path.Combine(_root, data)]);
        _started.Add(node);
        return node;
    }

    private Task<ProgramResult> BootAsync(string input, params string[] arguments) =>
        Programs.RunAsync(Programs.Doozer, arguments, input, BootUri);

    private async Task WaitForEntriesAsync(IEnumerable<string> addresses)
    {
        var expected = addresses.Order(StringComparer.Ordinal).ToList();
        await Wait.UntilAsync(
            async () =>
            {
                var found = new List<string>();
                foreach (var path in (await BootAsync("", "find", "/ctl/ns/east")).Output.Split('\n').Where(path => path.Count(c => c == '/') == 4))
                {
                    found.Add((await BootAsync("", "get", path)).Output);
                }

                return found.Order(StringComparer.Ordinal).SequenceEqual(expected);
            },
            $"the boot cluster knows {string.Join(", ", expected)}");
    }

    private static async Task RequireReadAsync(DoozerdProcess node, string path) => await Wait.UntilAsync(
        async () => (await Programs.RunAsync(Programs.Doozer, ["get", path], uri: node.Uri)).Output == "x", $"{path} is read at {node.Uri}");

    private static bool HasFounded(DoozerdProcess node) => node.Log.Contains("Founded cluster", StringComparison.Ordinal);

    /// <summary>From the line "node ID of cluster 'east' (CLUSTER) serves on".</summary>
    private static string ClusterOf(DoozerdProcess node) => Between(node.Log, "of cluster 'east' (", ")");

    private static string IdOf(DoozerdProcess node) => Between(node.Log, "doozerd: node ", " ");

    private static string JournalIdOf(DoozerdProcess node) => Between(node.Log, "opened: node ", ",");

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}
