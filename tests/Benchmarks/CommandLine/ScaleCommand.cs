using System.CommandLine;
using Orleans.Doozer.Benchmarks.Scale;
using Orleans.Doozer.Benchmarks.Servers;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>How the store behaves at other sizes than those that it is compared at.</summary>
internal static class ScaleCommand
{
    private static readonly Dictionary<string, Func<ScaleRun, CancellationToken, Task>> Parts = new(StringComparer.Ordinal)
    {
        ["voters"] = (run, token) => run.MeasureVotersAsync(token),
        ["values"] = (run, token) => run.MeasureValuesAsync(token),
        ["watches"] = (run, token) => run.MeasureWatchesAsync(token),
        ["start"] = (run, token) => run.MeasureStartAsync(token),
        ["join"] = (run, token) => run.MeasureJoinAsync(token),
        ["memory"] = (_, token) => MemoryRun.MeasureAsync(token),
    };

    private static readonly Option<string?> Only = new("--only") { Description = $"Which parts: {string.Join(',', Parts.Keys)}; default all" };
    private static readonly Option<string?> Seconds = new("--seconds") { Description = "How long each load is measured (default 10)" };
    private static readonly Option<string?> WarmUp = new("--warm-up") { Description = "How long it runs before (default 15)" };
    private static readonly Option<string?> Doozerd = new("--doozerd") { Description = "The doozerd to start; default this checkout's Release build" };
    private static readonly Option<string?> Data = new("--data") { Description = "Where the nodes keep their data; default the temporary directory" };

    public static Command Create()
    {
        var command = new Command("scale", "Voters, value sizes, idle watches; starts from a full journal; a node that joins under load; memory")
        {
            Only, Seconds, WarmUp, Doozerd, Data,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var parts = parsed.GetValue(Only) is { } only ? LoadOptions.Split(only) : [.. Parts.Keys];
        if (parts.FirstOrDefault(part => !Parts.ContainsKey(part)) is { } unknown)
        {
            throw new UsageException($"--only: '{unknown}' is none of {string.Join(',', Parts.Keys)}");
        }

        var run = new ScaleRun(
            new ClusterSettings(DoozerdProgram.Find(parsed.GetValue(Doozerd)), parsed.GetValue(Data) ?? Path.GetTempPath()),
            LoadOptions.ParseSeconds("--warm-up", parsed.GetValue(WarmUp)) ?? TimeSpan.FromSeconds(15),
            LoadOptions.ParseSeconds("--seconds", parsed.GetValue(Seconds)) ?? TimeSpan.FromSeconds(10));
        foreach (var part in parts)
        {
            await Parts[part](run, cancellationToken);
        }

        return 0;
    }
}
