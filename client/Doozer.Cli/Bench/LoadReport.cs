using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Doozer.Cli.Bench;

/// <summary>A result as text for people or as JSON for programs.</summary>
internal static class LoadReport
{
    public static string ToJson(LoadResult result) => JsonSerializer.Serialize(result, LoadResultJson.Default.LoadResult);

    /// <summary>Reads what <see cref="ToJson"/> wrote, or another program of the same form.</summary>
    public static LoadResult? FromJson(string text) => JsonSerializer.Deserialize(text, LoadResultJson.Default.LoadResult);

    public static string ToText(LoadResult result)
    {
        var text = new StringBuilder();
        var latency = result.Latency;
        Line(text, $"{result.Workload} over {result.Protocol}, {result.Clients} clients, {result.Connections} connections");
        Line(text, $"  {result.OperationsPerSecond:0} operations/s ({result.Operations} in {result.Seconds:0.0} s)");
        Line(text, $"  ms: p50 {latency.P50:0.00}  p99 {latency.P99:0.00}  p99.9 {latency.P999:0.00}  max {latency.Max:0.00}");
        Line(text, $"  errors: {(result.Errors.Count == 0 ? "none" : string.Join(", ", result.Errors.Select(error => $"{error.Value} {error.Key}")))}");
        if (result.LastError is { } error)
        {
            Line(text, $"  the last error: {error}");
        }

        if (result.LastWatcher is { } last)
        {
            Line(text, $"  until the last watch had it, ms: p50 {last.P50:0.00}  p99 {last.P99:0.00}  max {last.Max:0.00}");
        }

        if (result.Events is { } events)
        {
            Line(text, $"  {events} events, {events / result.Seconds:0} events/s");
        }

        foreach (var process in result.Load is { } load ? result.Servers.Append(load) : result.Servers)
        {
            Append(text, process);
        }

        if (result.OtherCores is { } others)
        {
            Line(text, $"  everything else on this machine: {others:0.00} cores");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ProcessUsage process) => Line(
        text,
        $"  {process.Name} ({process.ProcessId}): {process.Cores:0.00} cores, {process.MemoryMb:0} MiB, at most {process.PeakMemoryMb:0} MiB");

    private static void Line(StringBuilder text, FormattableString line) =>
        text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Made at compile time: the command is compiled ahead of time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(LoadResult))]
internal sealed partial class LoadResultJson : JsonSerializerContext;
