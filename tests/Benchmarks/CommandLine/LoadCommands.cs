using System.CommandLine;
using Orleans.Doozer.Benchmarks.Load;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>The commands that measure one load.</summary>
internal static class LoadCommands
{
    public static IEnumerable<Command> Create() => [CreatePut(), CreateRange(), CreateNull(), CreateWatch(), CreateWatchLatency()];

    private static Command CreatePut()
    {
        var options = new LoadOptions();
        var command = new Command("put", "Write whole files");
        options.AddTo(command);
        command.SetAction((parsed, token) => RunAsync(options, parsed, context => CreateRun(context).PutAsync(token), token));
        return command;
    }

    private static Command CreateRange()
    {
        var options = new LoadOptions();
        var key = new Argument<string?>("key")
        {
            Description = "The file to read; without it the key space is written first and read at random",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var consistency = new Option<string>("--consistency")
        {
            Description = "l (linearizable) or s (local: what the node has applied)",
            DefaultValueFactory = _ => "l",
        };
        var command = new Command("range", "Read files") { key, consistency };
        options.AddTo(command);
        command.SetAction((parsed, token) =>
        {
            var isLinearizable = IsLinearizable(parsed.GetValue(consistency), options.ReadSettings(parsed));
            return RunAsync(
                options, parsed, context => CreateRun(context).RangeAsync(parsed.GetValue(key), isLinearizable, token), token);
        });
        return command;
    }

    private static Command CreateNull()
    {
        var options = new LoadOptions();
        var command = new Command("null", "Requests that do nothing: what the way there and back costs");
        options.AddTo(command);
        command.SetAction((parsed, token) => RunAsync(options, parsed, context => CreateRun(context).NullAsync(token), token));
        return command;
    }

    private static Command CreateWatch()
    {
        var options = new LoadOptions();
        var watches = new WatchOptions(new WatchSettings());
        var command = new Command("watch", "Write at a rate while many watches are told of it");
        watches.AddTo(command);
        options.AddTo(command);
        command.SetAction((parsed, token) => RunAsync(
            options, parsed, context => CreateWatchRun(context, watches.Read(parsed)).ThroughputAsync(token), token));
        return command;
    }

    private static Command CreateWatchLatency()
    {
        var options = new LoadOptions();
        var watches = new WatchOptions(WatchSettings.ForLatency);
        var command = new Command("watch-latency", "One write after the other: how long until each watch, and until the last, has it");
        watches.AddTo(command);
        options.AddTo(command);
        command.SetAction((parsed, token) => RunAsync(
            options, parsed, context => CreateWatchRun(context, watches.Read(parsed)).LatencyAsync(token), token));
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

    private static LoadRun CreateRun(LoadContext context) =>
        new(context.Settings, context.Sessions, context.Metering, new ProgressView());

    private static WatchRun CreateWatchRun(LoadContext context, WatchSettings watches) =>
        new(context.Settings, watches, context.Sessions, context.Metering, new ProgressView());

    private static async Task<int> RunAsync(
        LoadOptions options, ParseResult parsed, Func<LoadContext, Task<LoadResult>> workload, CancellationToken cancellationToken)
    {
        await using var context = await LoadContext.OpenAsync(options, parsed, cancellationToken);
        var result = await workload(context);
        Console.Out.Write(options.WantsJson(parsed) ? LoadReport.ToJson(result) + "\n" : LoadReport.ToText(result));
        return result.Operations > 0 ? 0 : 1;
    }
}
