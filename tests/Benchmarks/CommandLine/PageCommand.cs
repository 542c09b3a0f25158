using System.CommandLine;
using System.Globalization;
using System.Net.NetworkInformation;
using Orleans.Doozer.Benchmarks.Compare;
using Orleans.Doozer.Benchmarks.Load;
using Orleans.Doozer.Benchmarks.Servers;
using Orleans.Doozer.Benchmarks.Sessions;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>What open pages of the web view cost the writes: the same load without and with them, in turn, on the same nodes.</summary>
internal static class PageCommand
{
    private const string ClusterName = "local";
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly Option<string> Pages = new("--pages")
    {
        Description = "Paths of the web view, each open in a browser of its own",
        DefaultValueFactory = _ => "/tree/bench",
        HelpName = "path,...",
    };

    private static readonly Option<string> Browser = new("--browser") { Description = "Chromium", DefaultValueFactory = _ => "chromium", HelpName = "path" };
    private static readonly Option<double> Rate = new("--rate") { Description = "Writes per second; 0 is no limit", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<int> Clients = new("--clients") { Description = "Writes under way at once", DefaultValueFactory = _ => 256 };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "How often", DefaultValueFactory = _ => 3 };
    private static readonly Option<string?> Seconds = new("--seconds") { Description = "How long each measurement is (default 10)" };
    private static readonly Option<string?> Doozerd = new("--doozerd") { Description = "The doozerd to start; default the Release build", HelpName = "path" };

    public static Command Create()
    {
        var command = new Command("page", "Writes without and with the web view open in a browser") { Pages, Browser, Rate, Clients, Rounds, Seconds, Doozerd };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = new LoadSettings
        {
            Clients = LoadOptions.AtLeast(1, "--clients", parsed.GetValue(Clients)),
            Rate = parsed.GetValue(Rate),
            Duration = LoadOptions.ParseSeconds("--seconds", parsed.GetValue(Seconds)) ?? TimeSpan.FromSeconds(10),
            ValueSize = Comparison.ValueSize,
            KeySpaceSize = 1000,
        };
        // Beyond those that the nodes will find.
        var web = FreePorts.Find(50)[^1];
        await using var cluster = await DoozerdCluster.StartAsync(
            new ClusterSettings(DoozerdProgram.Find(parsed.GetValue(Doozerd)), Path.GetTempPath()) { Web = $"127.0.0.1:{web}" }, cancellationToken);
        await using var sessions = await SessionOpener.OpenAsync(settings.Protocol, cluster.Endpoints, 1, ClusterName, cancellationToken);
        var metering = new Metering([.. cluster.Processes.Select(process => (process.Name, process.Id))]);
        var run = new LoadRun(settings, sessions, metering, new SilentView());
        var pages = LoadOptions.Split(parsed.GetValue(Pages)).Select(path => new Uri($"http://127.0.0.1:{web}{path}")).ToList();
        await run.PutAsync(cancellationToken);
        var (without, with) = (new List<double>(), new List<double>());
        for (var round = 1; round <= LoadOptions.AtLeast(1, "--rounds", parsed.GetValue(Rounds)); round++)
        {
            without.Add(Show($"round {round} without a page", await run.PutAsync(cancellationToken)));
            var open = pages.ConvertAll(page => OpenPage.Open(parsed.GetValue(Browser)!, page));
            try
            {
                await WaitUntilConnectedAsync(web, open.Count, cancellationToken);
                with.Add(Show($"round {round} with {string.Join(' ', pages)}", await run.PutAsync(cancellationToken)));
                if (open.Exists(page => !page.IsOpen))
                {
                    throw new UsageException("the browser ended before the measurement");
                }
            }
            finally
            {
                open.ForEach(page => page.Dispose());
            }

            await Task.Delay(Settle, cancellationToken);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"medians: {Samples.MedianOf(without):0} writes/s without, {Samples.MedianOf(with):0} with: {Samples.MedianOf(with) / Samples.MedianOf(without):0.000}"));
        return 0;
    }

    /// <summary>Waits until each browser is connected to the page, and has had time to draw it.</summary>
    private static async Task WaitUntilConnectedAsync(int web, int pages, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (CountConnections(web) < pages)
        {
            await Task.Delay(100, patience.Token);
        }

        await Task.Delay(Settle, cancellationToken);
        if (CountConnections(web) < pages)
        {
            throw new UsageException("a page lost its connection: is the browser able to run here?");
        }
    }

    private static int CountConnections(int port) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(connection => connection.LocalEndPoint.Port == port && connection.State == TcpState.Established);

    private static double Show(string name, LoadResult result)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {result.OperationsPerSecond:0} writes/s, p50 {result.Latency.P50:0.0} p99 {result.Latency.P99:0.0} ms, nodes {string.Join(' ', result.Servers.Select(server => $"{server.Cores:0.00}"))}, everything else {result.OtherCores:0.00} cores"));
        return result.OperationsPerSecond;
    }
}
