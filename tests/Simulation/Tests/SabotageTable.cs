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

    public static IEnumerable<string> Lines(long seeds)
    {
        yield return "| Sabotage | caught by seed | by the check |";
        yield return "|---|---|---|";
        foreach (var sabotage in Enum.GetValues<Sabotage>().Where(sabotage => sabotage != Sabotage.None))
        {
            var caught = FirstCatch(sabotage, seeds);
            yield return string.Create(
                CultureInfo.InvariantCulture, $"| {sabotage} | {caught?.Seed.ToString(CultureInfo.InvariantCulture) ?? "never"} | {caught?.Failure?.Split('\n')[0]} |");
        }
    }
}
