using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Simulation;

/// <summary>Where in the schedule: a node reached a step, with so many writes appended that no sync has covered.</summary>
internal sealed record CrashPoint(int Number, int Node, string Step, int Unsynced)
{
    public override string ToString() => FormattableString.Invariant($"{Number} (node {Node}, {Step}, {Unsynced} unsynced)");
}

/// <summary>A crash to make at a point.</summary>
/// <param name="Point">The number of the point.</param>
/// <param name="Kept">How many of the unsynced writes reached the disk.</param>
/// <param name="DownUs">How long the node stays down.</param>
internal readonly record struct PlannedCrash(int Point, int Kept, long DownUs);

/// <summary>
/// One small cluster without chance faults, in which all there is to crash in happens: three voters write, take base snapshots and cut
/// their logs; one is away until only a snapshot helps it, comes back and installs; a fourth node joins. Up to the first crash each run is
/// the same, so the points of one run are those of all.
/// </summary>
internal sealed class CrashSchedule
{
    private const long LeavesUs = 540_000;
    private const long LookUs = 10_000;
    private const long AfterwardsUs = 400_000;
    private const long LatestEndUs = 6_000_000;
    private const long LivenessUs = 30_000_000;
    private readonly World _world;
    private readonly List<CrashPoint> _points = [];
    private readonly PlannedCrash? _crash;
    private readonly int _follow;
    private int _followed;
    private int _made;
    private bool _ended;

    private CrashSchedule(PlannedCrash? crash, int follow, Sabotage sabotage)
    {
        (_crash, _follow) = (crash, follow);
        _world = new World(7, sabotage, false, Options);
        _world.Network.BeCalm();
        _world.Step = Reached;
    }

    private static SimOptions Options { get; } = new()
    {
        InitialVoters = 3,
        Keys = 4,
        DelayMinUs = 300,
        DelayMaxUs = 2_000,
        SyncMinUs = 500,
        SyncMaxUs = 3_000,
        ThinkUs = 60_000,
        Alpha = 4,
        History = 5,
        Requests = 20,
        SnapshotSlots = 5,
        PipelinedBatches = 2,
        BatchCommands = 2,
        CandidateLagSlots = 1024,
    };

    /// <summary>Runs the schedule.</summary>
    /// <param name="crash">The crash to make; null for none.</param>
    /// <param name="follow">A second crash of the same node, at its so-manieth step after the first; 0 for none.</param>
    /// <param name="sabotage">A fault that the crashes should bring to light.</param>
    /// <returns>The points that were reached, how many crashes were made, and what failed; null when all was well.</returns>
    public static (IReadOnlyList<CrashPoint> Points, int Crashes, string? Failure) Run(
        PlannedCrash? crash = null, int follow = 0, Sabotage sabotage = Sabotage.None)
    {
        var schedule = new CrashSchedule(crash, follow, sabotage);
        try
        {
            schedule.RunAll();
            return (schedule._points, schedule._made, null);
        }
        catch (Exception problem) when (problem is SimFailure or InvariantViolationException)
        {
            return (schedule._points, schedule._made, $"{string.Join('\n', schedule._world.Trace.Last())}\n{problem.Message}");
        }
    }

    private void RunAll()
    {
        var clients = Enumerable.Range(0, 8).Select(_ => new Client(_world, _world.Fork())).ToList();
        var reader = new Reader(_world, _world.Fork());
        _ = new Watcher(_world, _world.Fork());
        var @operator = new Operator(_world, _world.Fork());
        _world.Queue.After(LeavesUs, Leave);
        while (!IsOver() && _world.Queue.NowUs < LatestEndUs)
        {
            _world.Queue.RunUntil(_world.Queue.NowUs + LookUs);
        }

        _world.Queue.RunUntil(_world.Queue.NowUs + AfterwardsUs);
        _ended = true;
        clients.ForEach(client => client.Stopped = true);
        reader.Stopped = true;
        _world.Nodes.ForEach(node => node.Restart());
        new Liveness(_world, @operator).Check(LivenessUs);
        var seen = _world.History.Check(500_000);
        SimFailure.Require(seen.Verdict == Linearizability.Verdict.Linearizable, "linearizability", $"{seen.Explanation}");
    }

    /// <summary>A follower leaves, and comes back with a fourth node when the logs of the others no longer reach back to its own.</summary>
    private void Leave()
    {
        if (_world.Nodes.Find(node => node.IsUp && !node.Replica!.IsLeading) is { } follower)
        {
            var last = follower.Replica!.Acceptor.Log.Highest;
            follower.Crash();
            Return(follower, last);
        }
    }

    private void Return(SimNode follower, Slot last) => _world.Queue.After(LookUs, () =>
    {
        if (_world.Nodes.Exists(node => node != follower && (!node.IsUp || node.Replica!.Acceptor.Log.TruncatedTo <= last)))
        {
            Return(follower, last);
            return;
        }

        follower.Restart();
        _world.AddSpare();
    });

    private bool IsOver() => _world.Nodes.Count == 4
        && _world.Nodes.TrueForAll(node => node.HasState && _world.Checker.Applied - node.Replica!.Applied < 5);

    private bool Reached(SimNode node, string step)
    {
        if (_ended)
        {
            return false;
        }

        var point = new CrashPoint(_points.Count, node.Index, step, (int)node.Disk.UnsyncedWrites);
        _points.Add(point);
        if (_crash is { } first && (point.Number == first.Point || IsFollowing(first, point)))
        {
            Crash(node, point.Number == first.Point ? first.Kept : point.Unsynced / 2, first.DownUs);
            return true;
        }

        return false;
    }

    private bool IsFollowing(PlannedCrash first, CrashPoint point) =>
        point.Number > first.Point && point.Node == _points[first.Point].Node && ++_followed == _follow;

    private void Crash(SimNode node, int kept, long downUs)
    {
        _made++;
        node.Disk.KeepAtCrash = kept;
        node.Crash();
        _world.Queue.After(downUs, node.Restart);
    }
}
