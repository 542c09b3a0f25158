using Microsoft.Extensions.Options;
using Orleans.Doozer;

namespace Orleans.Hosting;

/// <summary>Says in one sentence what is wrong with the settings, before anything starts.</summary>
internal sealed class DoozerOptionsValidator(IOptions<DoozerOptions> options) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        if (Describe(options.Value) is { } problem)
        {
            throw new OrleansConfigurationException(problem);
        }
    }

    internal static string? Describe(DoozerOptions options)
    {
        if (options.InMemory == !string.IsNullOrEmpty(options.DataDirectory))
        {
            return options.InMemory
                ? "a node is either in memory or has a data directory: set only one of InMemory and DataDirectory"
                : "a node needs a data directory: set DataDirectory (doozerd: -d), or InMemory (doozerd: --memory) to keep nothing";
        }

        if (options.Stores.Count == 0 || options.Stores.Any(name => !IsName(name)))
        {
            return "every store needs a name of ASCII letters, digits, '.', '-' and '_', without '/' and '#'";
        }

        if (!IsName(options.ClusterName))
        {
            return $"the cluster name '{options.ClusterName}' must be ASCII letters, digits, '.', '-' and '_', and not empty (doozerd: -c)";
        }

        return DescribeNumbers(options);
    }

    private static string? DescribeNumbers(DoozerOptions options) => options switch
    {
        { History: < 1 } => $"History must be at least 1, not {options.History} (doozerd: --history)",
        { HistoryBytes: < 1 << 20 } => $"HistoryBytes must be at least 1 MiB, not {options.HistoryBytes} bytes",
        { MaxValueBytes: < 1 or > 64 << 20 } => "MaxValueBytes must be between 1 and 64 MiB",
        { MaxPathLength: < 16 or > 16384 } => "MaxPathLength must be between 16 and 16,384",
        { MaxPendingRequests: < 1 } => "MaxPendingRequests must be at least 1",
        { MaxPendingBytes: < 1 } => "MaxPendingBytes must be at least 1",
        { MaxWatchers: < 1 } => "MaxWatchers must be at least 1",
        { MaxStoreBytes: < 1 } => "MaxStoreBytes must be at least 1",
        { RequestTimeout.Ticks: <= 0 } => "RequestTimeout must be more than zero",
        { Voters: var voters } when voters != 0 && (voters is < 0 or > 31 || voters % 2 == 0) =>
            "Voters must be an odd number up to 31, or 0 to leave the voters to the operator (doozerd: --voters)",
        { VoterTimeout: var timeout } when timeout != TimeSpan.Zero && timeout < TimeSpan.FromSeconds(1) =>
            "VoterTimeout must be at least one second, or zero to switch it off (doozerd: --timeout)",
        { Zone.Length: > 256 } => "Zone must be at most 256 characters (doozerd: --zone)",
        { Pulse.Ticks: < 0 } => "Pulse must not be negative; zero switches it off (doozerd: --pulse)",
        { Times.ElectionMinMs: var silence, Times.HeartbeatMs: var beat } when beat < 1 || silence < 2 * beat =>
            "ElectionMinMs must be at least twice HeartbeatMs, or healthy leaders are unseated",
        { Times.ElectionMaxMs: var most, Times.ElectionMinMs: var least } when most <= least =>
            "ElectionMaxMs must be more than ElectionMinMs, or followers compete for ever",
        _ => null,
    };

    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= 64 } && DoozerPath.IsValid("/" + name) && !name.Contains('/', StringComparison.Ordinal);
}
