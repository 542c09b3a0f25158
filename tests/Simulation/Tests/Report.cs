namespace Orleans.Doozer.Simulation;

internal static class Report
{
    /// <summary>All that is needed to look at a run again.</summary>
    public static string Of(SimResult result) => result.Failure is null
        ? $"seed {result.Seed}: good; {result.Slots} slots, {result.Writes} writes, {result.Events} events, trace {result.Hash:x16}"
        : string.Join('\n', [.. result.LastEvents, $"{result.Options}", $"seed {result.Seed}: {result.Failure}"]);
}
