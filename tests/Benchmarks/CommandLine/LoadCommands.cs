using System.CommandLine;
using Orleans.Doozer.Benchmarks.Load;
using Orleans.Doozer.Benchmarks.Servers;
using Orleans.Doozer.Benchmarks.Sessions;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>The load commands.</summary>
internal static class LoadCommands
{
    public static IEnumerable<Command> Create() => [CreatePut(), CreateRange(), CreateNull()];

    private static Command CreatePut()
    {
        var options = new LoadOptions();
        var command = new Command("put", "Write whole files");
        options.AddTo(command);
        command.SetAction((parsed, token) => RunAsync(options, parsed, (run, _) => run.PutAsync(token), token));
        return command;
    }

    private static Command CreateRange()
    {
        var options = new LoadOptions();
        var key = new Argument<string?>("key") { Description = "The file to read; without it the key space is written first and read at random", Arity = ArgumentArity.ZeroOrOne };
        var consistency = new Option<string>("--consistency") { Description = "l (linearizable) or s (local: what the node has applied)", DefaultValueFactory = _ => "l" };
        var command = new Command("range", "Read files") { key, consistency };
        options.AddTo(command);
        command.SetAction((parsed, token) =>
        {
            return RunAsync(options, parsed, ReadAsync, token);
            Task<LoadResult> ReadAsync(LoadRun run, LoadSettings settings) =>
                run.RangeAsync(parsed.GetValue(key), IsLinearizable(parsed.GetValue(consistency), settings), token);
        });
        return command;
    }

    private static Command CreateNull()
    {
        var options = new LoadOptions();
        var command = new Command("null", "Requests that do nothing: what the way there and back costs");
        options.AddTo(command);
        command.SetAction((parsed, token) => RunAsync(options, parsed, (run, _) => run.NullAsync(token), token));
        return command;
    }

    private static bool IsLinearizable(string? consistency, LoadSettings settings) => consistency switch
    {
        "l" => true,
        "s" when settings.Protocol == WireProtocol.Tcp =>
            throw new UsageException("--consistency s: Doozer's protocol has no local reads; use --protocol orleans"),
        "s" => false,
        _ => throw new UsageException($"--consistency: '{consistency}' is neither l nor s"),
    };

    private static async Task<int> RunAsync(
        LoadOptions options, ParseResult parsed, Func<LoadRun, LoadSettings, Task<LoadResult>> workload, CancellationToken cancellationToken)
    {
        var settings = options.ReadSettings(parsed);
        await using var target = await LoadTarget.OpenAsync(options.ReadServers(parsed), cancellationToken);
        await using var sessions = await SessionPool.OpenAsync(
            settings.Protocol, target.Endpoints, settings.Connections, target.ClusterName, cancellationToken);
        var result = await workload(new LoadRun(settings, sessions, target.Processes, new ProgressView()), settings);
        Console.Out.Write(options.WantsJson(parsed) ? LoadReport.ToJson(result) + "\n" : LoadReport.ToText(result));
        return result.Operations > 0 ? 0 : 1;
    }
}

/// <summary>The servers of a load: given ones, or three that live as long as it does.</summary>
internal sealed class LoadTarget : IAsyncDisposable
{
    private DoozerdCluster? _own;

    public required IReadOnlyList<Endpoint> Endpoints { get; init; }

    public required IReadOnlyList<(string Name, int ProcessId)> Processes { get; init; }

    public required string ClusterName { get; init; }

    public static async Task<LoadTarget> OpenAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Endpoints.Count > 0)
        {
            return new LoadTarget
            {
                Endpoints = settings.Endpoints,
                Processes = [.. settings.ProcessIds.Select((id, index) => ($"server-{index}", id))],
                ClusterName = settings.ClusterName,
            };
        }

        Console.Error.WriteLine("starting three doozerd");
        var own = await DoozerdCluster.StartAsync(DoozerdProgram.Find(settings.Doozerd), settings.Data, cancellationToken, "-c", settings.ClusterName);
        return new LoadTarget
        {
            _own = own,
            Endpoints = own.Endpoints,
            Processes = [.. own.Processes.Select(process => (process.Name, process.Id))],
            ClusterName = settings.ClusterName,
        };
    }

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
