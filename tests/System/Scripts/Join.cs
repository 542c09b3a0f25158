using Doozer.Cli.Wire;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>
/// The published file alone in an empty folder: one node, two that attach to it, the first killed, and a fourth that takes its place. Every
/// command line is printed; there are no others.
/// </summary>
internal sealed class Join(ScriptRun run, string program, string folder)
{
    private static readonly TimeSpan VotesLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<ServerAddress> _addresses = [.. FreePorts.ForDoozerd(4).Select(port => new ServerAddress("127.0.0.1", port))];
    private readonly List<DoozerdProcess> _nodes = [];

    public static Task<int> RunAsync(string doozerd, CancellationToken stop) => ScriptRun.RunAsync(async run =>
    {
        var folder = Directory.CreateTempSubdirectory("doozer-join-").FullName;
        var program = Path.Combine(folder, "doozerd");
        File.Copy(doozerd, program);
        var join = new Join(run, program, folder);
        try
        {
            var summary = await join.RunAsync();
            await join.EndAsync();
            Directory.Delete(folder, recursive: true);
            return summary;
        }
        catch (Exception)
        {
            await join.EndAsync();
            run.Say($"the nodes' logs and data are kept in {folder}");
            throw;
        }
    }, stop);

    private async Task<string> RunAsync()
    {
        run.Say($"{folder}: {string.Join(' ', Directory.GetFileSystemEntries(folder).Select(Path.GetFileName))}");
        var first = Start([]);
        await first.WaitAsync();
        var start = TimeProvider.System.GetTimestamp();
        Start([_addresses[0]]);
        Start([_addresses[0]]);
        await AgreeAsync([0, 1, 2]);
        var votes = TimeProvider.System.GetElapsedTime(start);
        run.Say($"all three vote {ScriptRun.Seconds(votes)} after the second and third were started");
        if (votes > VotesLimit)
        {
            throw new ScriptFailure($"it took {ScriptRun.Seconds(votes)} until all three voted; {ScriptRun.Seconds(VotesLimit)} were allowed");
        }

        await first.KillAsync();
        var goesOn = await WriteAsync(_addresses[1], "/after-the-first");
        run.Say($"the first killed with kill -9; the second acknowledges a write {ScriptRun.Seconds(goesOn)} later");

        start = TimeProvider.System.GetTimestamp();
        Start([_addresses[1]]);
        await AgreeAsync([1, 2, 3]);
        var replaced = TimeProvider.System.GetElapsedTime(start);
        run.Say($"the fourth votes in its place {ScriptRun.Seconds(replaced)} after it was started");
        using var reader = new NodeClient(_addresses[3]);
        return await reader.GetAsync("/after-the-first") is ("x", > 0)
            ? $"three votes after {ScriptRun.Seconds(votes)}, a write after the kill in {ScriptRun.Seconds(goesOn)}, replaced after {ScriptRun.Seconds(replaced)}"
            : throw new ScriptFailure("the fourth does not have what was written before it joined");
    }

    private DoozerdProcess Start(IReadOnlyList<ServerAddress> attach)
    {
        // The data directory is the default one: beside the file, named after the port.
        var address = _addresses[_nodes.Count];
        string[] arguments = ["-l", $"{address}", "-w", "false", .. attach.SelectMany(other => new[] { "-a", $"{other}" }), "--timeout", "5"];
        run.Say($"$ ./doozerd {string.Join(' ', arguments)}");
        var node = new DoozerdProcess(address.Host, address.Port, arguments)
        {
            Program = program,
            WorkingDirectory = folder,
            LogFile = Path.Combine(folder, $"{address.Port}.log"),
        };
        _nodes.Add(node);
        node.Start();
        return node;
    }

    private async Task AgreeAsync(int[] nodes)
    {
        using var board = new StatusBoard([.. nodes.Select(index => _addresses[index])]);
        await board.WaitUntilAgreedAsync(Patience, run.Stop);
    }

    private async Task<TimeSpan> WriteAsync(ServerAddress node, string path)
    {
        using var client = new NodeClient(node, TimeSpan.FromSeconds(2));
        return await Wait.UntilAsync(
            async () => (await client.SetAsync(path, "x")).Outcome == Outcome.Ok, $"{node} acknowledges a write", Patience, run.Stop);
    }

    private async Task EndAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }
}
