using System.Globalization;

namespace Orleans.Doozer.Simulation;

internal static class Report
{
    /// <summary>All that is needed to look at a run again.</summary>
    public static string Of(SimResult result) => result.Failure is null
        ? $"seed {result.Seed}: good; {result.Slots} slots, {result.Writes} writes, {result.Events} events, trace {result.Hash:x16}"
        : string.Join('\n', [.. result.LastEvents, $"{result.Options}", $"seed {result.Seed}: {result.Failure}"]);

    /// <summary>What must be the same for the same seed wherever and however it is run: a line for each of the first seeds.</summary>
    public static IEnumerable<string> Hashes(long seeds)
    {
        for (var seed = 1UL; seed <= (ulong)seeds; seed++)
        {
            var result = SimRun.Run(seed);
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{seed} {result.Hash:x16} {result.Events} events {result.Slots} slots {result.Writes} writes");
        }
    }
}
