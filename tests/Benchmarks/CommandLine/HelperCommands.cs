using System.CommandLine;
using System.Globalization;
using Orleans.Doozer.Benchmarks.Load;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>Loads that run beside something else and are told on standard input when to end; `compare` uses them as it uses the
/// programs for the peers.</summary>
internal static class HelperCommands
{
    public static IEnumerable<Command> Create() => [CreateFill(), CreateHold(), CreateGap()];

    private static Command CreateFill()
    {
        var options = new LoadOptions();
        var command = new Command("fill", "Write every file of the key space once");
        options.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            await using var context = await LoadContext.OpenAsync(options, parsed, token);
            await new LoadRun(context.Settings, context.Sessions, context.Metering, new ProgressView()).FillAsync(token);
        });
        return command;
    }

    private static Command CreateHold()
    {
        var options = new LoadOptions();
        var watches = new Option<int>("--watches") { Description = "How many", DefaultValueFactory = _ => 100_000 };
        var command = new Command("hold", "Hold watches that see nothing; prints 'ready' when they stand, ends with standard input")
        {
            watches,
        };
        options.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            await using var context = await LoadContext.OpenAsync(options, parsed, token);
            var settings = new WatchSettings { Streams = 1, WatchesPerStream = LoadOptions.AtLeast(1, "--watches", parsed.GetValue(watches)) };
            var run = new WatchRun(context.Settings, settings, context.Sessions, context.Metering, new SilentView());
            await run.HoldAsync(async () =>
            {
                Console.WriteLine("ready");
                while (await Console.In.ReadLineAsync(token) is not null)
                {
                }
            });
        });
        return command;
    }

    private static Command CreateGap()
    {
        var options = new LoadOptions();
        var command = new Command(
            "gap",
            "Write without pause; on standard input 'reset' forgets, and 'gap' prints the longest time in ms between two acknowledged "
            + "writes and their number; ends with standard input");
        options.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            await using var context = await LoadContext.OpenAsync(options, parsed, token);
            await using var writers = new GapWriters(context.Settings, context.Sessions);
            Console.WriteLine("ready");
            while (await Console.In.ReadLineAsync(token) is { } line)
            {
                if (line == "reset")
                {
                    writers.Reset();
                }
                else if (line == "gap")
                {
                    var (longest, acknowledged) = writers.Read();
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{longest.TotalMilliseconds:0.0} {acknowledged}"));
                }
            }
        });
        return command;
    }
}
