using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>What the nodes of a cluster say of themselves, each asked alone.</summary>
internal sealed class StatusBoard(IReadOnlyList<ServerAddress> nodes) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly List<NodeClient> _clients = [.. nodes.Select(node => new NodeClient(node, Patience))];

    /// <summary>The answers, in the order of the nodes; null for a node that gave none.</summary>
    public async Task<IReadOnlyList<StatusReport?>> AskAsync() => await Task.WhenAll(_clients.Select(client => client.StatusAsync()));

    /// <summary>Waits until all nodes answer, are of one cluster, follow the same leader, lack nothing, and are the voters and the
    /// keepers of the membership register.</summary>
    /// <returns>How long it took, and what they said.</returns>
    /// <exception cref="TimeoutException">They do not in time; the message tells what each said last.</exception>
    public async Task<(TimeSpan Took, IReadOnlyList<StatusReport> Reports)> WaitUntilAgreedAsync(TimeSpan patience, CancellationToken stop)
    {
        IReadOnlyList<StatusReport?> reports = [];
        try
        {
            var took = await Wait.UntilAsync(
                async () => AreAgreed(reports = await AskAsync()), $"all {nodes.Count} nodes vote under one leader and lack nothing", patience, stop);
            return (took, [.. reports.OfType<StatusReport>()]);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}; they say: {string.Join("; ", reports.Select(Describe))}");
        }
    }

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    /// <summary>Which node leads, by the word of the highest ballot; -1 when none knows.</summary>
    public static int FindLeader(IReadOnlyList<StatusReport?> reports)
    {
        var leader = reports.Where(report => report is { Leader.Length: > 0 }).MaxBy(report => report!.BallotRound)?.Leader;
        return leader is null ? -1 : reports.ToList().FindIndex(report => report?.Node == leader);
    }

    private static bool AreAgreed(IReadOnlyList<StatusReport?> reports)
    {
        if (reports[0] is not { Joined: true, Leader.Length: > 0 } first)
        {
            return false;
        }

        var ids = reports.Select(report => report?.Node).Order(StringComparer.Ordinal).ToList();
        return reports.All(report => report is { Joined: true, Votes: true, Behind: false }
            && report.ClusterId == first.ClusterId && report.Leader == first.Leader && report.BallotRound == first.BallotRound
            && report.Voters.Order(StringComparer.Ordinal).SequenceEqual(ids))
            && reports[FindLeader(reports)]!.Register.Order(StringComparer.Ordinal).SequenceEqual(ids);
    }

    private static string Describe(StatusReport? report) => report is null ? "(no answer)"
        : $"{report.Node} of {report.ClusterId}: leader '{report.Leader}' at {report.BallotRound}, votes {report.Votes}, behind {report.Behind}, "
            + $"revision {report.Revision}, voters {string.Join(' ', report.Voters)}, register kept by {string.Join(' ', report.Register)}";
}
