using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>
/// Looks, second by second, for a node that was taken for dead although it lives: in Orleans' membership, in the nodes' own words and logs, and
/// in the uptime that starts anew when a silo does.
/// </summary>
internal sealed class DeathWatch(DoozerdCluster cluster) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly StatusBoard _board = new([.. cluster.Nodes.Select(node => node.Address)]);
    private readonly MembershipView _membership = new();
    private readonly HashSet<string> _deaths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _suspicions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _uptimes = new(StringComparer.Ordinal);
    private HashSet<string> _deadBefore = [];
    private string _voters = "";

    /// <summary>What should not be, each once.</summary>
    public IReadOnlyCollection<string> Deaths => _deaths;

    /// <summary>Votes of a silo against another; by themselves they are no death.</summary>
    public int Suspicions => _suspicions.Count;

    /// <summary>The highest ballot of a leader so far.</summary>
    public long Ballot { get; private set; }

    /// <summary>How often nobody could tell the membership, or a node its status, within a second or two.</summary>
    public int Unanswered { get; private set; }

    /// <summary>Notes how all stands now.</summary>
    public async Task BeginAsync(CancellationToken stop)
    {
        var (_, reports) = await _board.WaitUntilAgreedAsync(TimeSpan.FromSeconds(30), stop);
        _voters = VotersOf(reports[0]);
        Ballot = reports[0].BallotRound;
        _deadBefore = [.. MembershipView.DeadSilos(
            await _membership.ReadAsync(cluster.Nodes[0].Address) ?? throw new ScriptFailure("the membership register does not answer"))];
    }

    /// <summary>Watches until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            for (var turn = 0; await timer.WaitForNextTickAsync(stop); turn++)
            {
                await LookAtMembershipAsync(turn);
                LookAtReports(await _board.AskAsync());
                LookAtProcesses();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to.
        }
    }

    public void Dispose()
    {
        _board.Dispose();
        _membership.Dispose();
    }

    private async Task LookAtMembershipAsync(int turn)
    {
        if (await _membership.ReadAsync(cluster.Nodes[turn % cluster.Nodes.Count].Address) is not { } state)
        {
            Unanswered++;
            return;
        }

        _deaths.UnionWith(MembershipView.DeadSilos(state).Where(silo => !_deadBefore.Contains(silo)).Select(silo => $"{silo} is dead in Orleans' membership"));
        foreach (var row in state.Rows.Values)
        {
            _suspicions.UnionWith((row.Suspects ?? []).Select(vote => $"{vote.Silo} against {row.Silo} at {vote.Ticks}"));
        }
    }

    private void LookAtReports(IReadOnlyList<StatusReport?> reports)
    {
        foreach (var report in reports)
        {
            if (report is null)
            {
                Unanswered++;
                continue;
            }

            if (report.UptimeMs < _uptimes.GetValueOrDefault(report.Node))
            {
                _deaths.Add($"node {report.Node} started again {report.UptimeMs} ms before it was asked");
            }

            if (VotersOf(report) != _voters)
            {
                _deaths.Add($"node {report.Node} says that the voters are {VotersOf(report)}; they were {_voters}");
            }

            _uptimes[report.Node] = report.UptimeMs;
            Ballot = Math.Max(Ballot, report.BallotRound);
        }
    }

    private void LookAtProcesses()
    {
        foreach (var node in cluster.Nodes)
        {
            if (node.Process.HasExited)
            {
                _deaths.Add($"the process of {node.Address} has ended with {node.Process.ExitCode}");
            }

            if (node.Log.Contains("The other silos go on without this one", StringComparison.Ordinal))
            {
                _deaths.Add($"the silo of {node.Address} was told that it is dead");
            }
        }
    }

    private static string VotersOf(StatusReport report) => string.Join(' ', report.Voters.Order(StringComparer.Ordinal));
}
