using System.Globalization;
using Spectre.Console;

namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>The tables of a comparison, as Markdown where standard output is no terminal.</summary>
internal static class ComparisonReport
{
    private const int PlainWidth = 200;

    public static void Print(Samples samples)
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = PlainWidth;
        }

        console.Write(CreateMeasures(samples));
        console.WriteLine();
        console.Write(CreateTargets(samples));
    }

    private static Table CreateMeasures(Samples samples)
    {
        string[] systems = [.. samples.All.Select(sample => sample.System).Distinct()];
        var table = CreateTable(["median of the rounds (smallest to largest)", .. systems, "doozer / etcd"]);
        foreach (var measure in samples.All.Select(sample => sample.Measure).Distinct())
        {
            var ratio = samples.Median(DoozerSystem.SystemName, measure) / samples.Median(EtcdSystem.SystemName, measure);
            table.AddRow([measure, .. systems.Select(system => Describe(samples, system, measure)), ratio is { } value ? Number(value) : ""]);
        }

        return table;
    }

    private static Table CreateTargets(Samples samples)
    {
        var table = CreateTable(["target", "wanted", "reached", "met"]);
        foreach (var target in Target.All)
        {
            var reached = target.Reached(samples);
            table.AddRow(
                target.Text,
                $"{(target.IsLeast ? "at least" : "at most")} {Number(target.Limit)}",
                reached is { } value ? Number(value) : target.HasFailed(samples) ? "FAILED" : "not measured",
                reached is not null ? target.IsMet(reached.Value) ? "yes" : "NO" : target.HasFailed(samples) ? "NO" : "");
        }

        return table;
    }

    private static Table CreateTable(string[] columns)
    {
        var table = new Table { Border = Console.IsOutputRedirected ? TableBorder.Markdown : TableBorder.Rounded };
        table.AddColumns(columns);
        return table;
    }

    private static string Describe(Samples samples, string system, string measure)
    {
        var values = samples.Values(system, measure);
        return values.Length == 0 ? (samples.Failures(system, measure) > 0 ? "FAILED" : "") : $"{Number(samples.Median(system, measure)!.Value)} ({Number(values[0])} to {Number(values[^1])})";
    }

    private static string Number(double value) => value.ToString(
        value >= 100 ? "#,0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
