using System.Globalization;

namespace Orleans.Doozer.Simulation;

/// <summary>Which sabotage is caught, how soon and by which check.</summary>
internal static class SabotageTable
{
    /// <summary>The first seed that catches it; null when none does.</summary>
    public static SimResult? FirstCatch(Sabotage sabotage, long seeds)
    {
        for (var seed = 1UL; seed <= (ulong)seeds; seed++)
        {
            var result = SimRun.Run(seed, sabotage);
            if (result.Failure is not null)
            {
                return result;
            }
        }

        return null;
    }

    /// <summary>All variants over the same seeds, as a table.</summary>
    public static IEnumerable<string> Lines(long seeds)
    {
        var head = new List<string[]> { new[] { "Sabotage", "first seed", $"of {seeds} seeds", "checks that caught it" } };
        var rows = head.Concat(Enum.GetValues<Sabotage>().Where(sabotage => sabotage != Sabotage.None)
            .AsParallel().AsOrdered().WithMergeOptions(ParallelMergeOptions.NotBuffered).Select(sabotage => Row(sabotage, seeds))).ToList();
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        rows.Insert(1, [.. widths.Select(width => new string('-', width))]);
        return rows.Select(row => "| " + string.Join(" | ", row.Select((cell, column) => cell.PadRight(widths[column]))) + " |");
    }

    private static string[] Row(Sabotage sabotage, long seeds)
    {
        var caught = Enumerable.Range(1, (int)seeds).Select(seed => SimRun.Run((ulong)seed, sabotage)).Where(result => result.Check is not null).ToList();
        var checks = caught.CountBy(result => result.Check!).OrderByDescending(check => check.Value).Select(check => check.Key);
        return
        [
            $"{sabotage}",
            caught.Count > 0 ? caught[0].Seed.ToString(CultureInfo.InvariantCulture) : "none",
            caught.Count.ToString(CultureInfo.InvariantCulture),
            string.Join(", ", checks),
        ];
    }
}
