using System.CommandLine;
using System.Globalization;
using Orleans.Doozer.Benchmarks.Compare;
using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>
/// Many stores in one cluster, each with a log of its own, whose votes share the syncs of the journals: the same clients write to one
/// store and to all, in turn. Three silos in this process, with journals on the disk; the clients are here too, so only the ratio tells.
/// </summary>
internal static class StoresCommand
{
    private const int Nodes = 3;
    private const int Keys = 1000;
    private static readonly Option<int> Stores = new("--stores") { Description = "How many stores", DefaultValueFactory = _ => 100 };
    private static readonly Option<int> Clients = new("--clients") { Description = "Writes under way at once, over all stores", DefaultValueFactory = _ => 256 };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "How often", DefaultValueFactory = _ => 3 };
    private static readonly Option<string?> Seconds = new("--seconds") { Description = "How long each measurement is (default 10)" };

    public static Command Create()
    {
        var command = new Command("stores", "Writes to one store and to many, in one cluster") { Stores, Clients, Rounds, Seconds };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var names = Enumerable.Range(1, LoadOptions.AtLeast(1, "--stores", parsed.GetValue(Stores))).Select(number => $"store-{number}").ToList();
        var clients = LoadOptions.AtLeast(1, "--clients", parsed.GetValue(Clients));
        var duration = LoadOptions.ParseSeconds("--seconds", parsed.GetValue(Seconds)) ?? TimeSpan.FromSeconds(10);
        Console.Error.WriteLine($"starting three nodes with {names.Count} stores");
        await using var cluster = await DoozerTestCluster.StartAsync(
            Nodes,
            options =>
            {
                options.OnDisk = true;
                options.StartTimeout = TimeSpan.FromMinutes(2);
                options.ConfigureNode = (_, node) =>
                {
                    node.Pulse = TimeSpan.FromSeconds(1);
                    names.ForEach(node.Stores.Add);
                };
            },
            cancellationToken);
        List<IDoozer> all = [.. names.Select(name => cluster.ClusterClient.GetDoozer(name))];
        await MeasureAsync("warming up", all, clients, duration, cancellationToken);
        var (one, many) = (new List<double>(), new List<double>());
        for (var round = 1; round <= LoadOptions.AtLeast(1, "--rounds", parsed.GetValue(Rounds)); round++)
        {
            one.Add(await MeasureAsync($"round {round}, one store", [all[0]], clients, duration, cancellationToken));
            many.Add(await MeasureAsync($"round {round}, {all.Count} stores", all, clients, duration, cancellationToken));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"medians: {Samples.MedianOf(one):0} writes/s in one store, {Samples.MedianOf(many):0} in {all.Count}: {Samples.MedianOf(many) / Samples.MedianOf(one):0.00}"));
        return 0;
    }

    private static async Task<double> MeasureAsync(
        string name, List<IDoozer> stores, int clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        var settings = new LoadSettings { Clients = clients, ValueSize = Comparison.ValueSize, KeySpaceSize = Keys };
        var keys = new KeySpace(settings);
        var value = new byte[settings.ValueSize];
        var recorder = new Recorder();
        var phase = new LoadPhase(
            settings, (client, request) => stores[client % stores.Count].SetAsync(keys.ForRequest(request), value, Revision.Clobber), recorder);
        var elapsed = await phase.RunAsync(null, duration, cancellationToken);
        var rate = recorder.Count / elapsed.TotalSeconds;
        var failed = recorder.Errors.Values.Sum();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {rate:0} writes/s, p50 {recorder.Latency.P50:0.0} p99 {recorder.Latency.P99:0.0} ms{(failed > 0 ? $", {failed} failed: {recorder.LastError}" : "")}"));
        return rate;
    }
}
