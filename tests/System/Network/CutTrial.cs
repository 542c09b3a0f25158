using Orleans.Doozer.Linearizability;
using Orleans.Doozer.SystemTests.Scripts;

namespace Orleans.Doozer.SystemTests.Network;

/// <summary>What a cut came to.</summary>
/// <param name="FirstWrite">From the cut to the first write that began after it and was acknowledged; null when no side can.</param>
/// <param name="Dead">From the cut to the death of the cut node in Orleans' membership; null where nobody can be declared dead.</param>
/// <param name="Asked">How many calls began at the minority's nodes during the cut; none of them was answered.</param>
/// <param name="Serving">From the heal until every node had acknowledged a new write.</param>
/// <param name="Agreed">From the heal until all silos were active, and all nodes voted under one leader and lacked nothing.</param>
internal sealed record CutResult(TimeSpan? FirstWrite, TimeSpan? Dead, int Asked, TimeSpan Serving, TimeSpan Agreed);

/// <summary>Cuts a loaded cluster, looks at who goes on, and heals it; nobody is restarted by hand.</summary>
internal sealed class CutTrial(NetworkLab lab, DoozerdCluster cluster, ScriptLoad load)
{
    /// <summary>A silent partition must be a death within this.</summary>
    public static readonly TimeSpan DeadLimit = TimeSpan.FromSeconds(10);

    /// <summary>Within this the majority acknowledges a write that began after the cut.</summary>
    public static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(5);

    /// <summary>Within this all nodes serve and agree after the links are back.</summary>
    public static readonly TimeSpan HealLimit = TimeSpan.FromSeconds(30);

    // A packet that was on its way and a thread that was not scheduled; longer than both on a busy machine.
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(1);

    /// <summary>Does all of it once.</summary>
    /// <param name="cut">What is cut.</param>
    /// <param name="hold">How long at least.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="ScriptFailure">Something happened that must not.</exception>
    public async Task<CutResult> RunAsync(Cut cut, TimeSpan hold, CancellationToken stop)
    {
        using var board = new StatusBoard(load.Nodes);
        using var membership = new MembershipView();
        var before = await board.AskAsync();
        load.BeginEpoch();
        await load.WaitForWritesAsync(100, stop);

        lab.Cut(cut.Directions);
        var begun = TimeProvider.System.GetTimestamp();
        RequireCut(cut);
        TimeSpan? dead = null;
        if (cut.Majority.Count > 0)
        {
            var victim = before[cut.Minority[0]]?.Node ?? throw new ScriptFailure($"node {cut.Minority[0]} told no status before the cut");
            await membership.WaitUntilDeadAsync(victim, load.Nodes[cut.Majority[0]], DeadLimit - TimeProvider.System.GetElapsedTime(begun), stop);
            dead = TimeProvider.System.GetElapsedTime(begun);
        }

        var rest = hold - TimeProvider.System.GetElapsedTime(begun);
        await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, stop);
        var ended = TimeProvider.System.GetTimestamp();
        lab.Heal();
        var serve = ServeAsync(stop);

        // A silo that was declared dead still answers until it has read so; only then does it start again.
        var healed = TimeProvider.System.GetTimestamp();
        var ids = before.Select(report => report?.Node ?? throw new ScriptFailure("a node told no status before the cut")).ToList();
        await Wait.UntilAsync(
            () => membership.AreActiveAsync(ids, load.Nodes[cut.Majority.Count > 0 ? cut.Majority[0] : 0]), "all silos are active again", HealLimit, stop);
        var after = (await board.WaitUntilAgreedAsync(HealLimit, stop)).Reports;
        var agreed = TimeProvider.System.GetElapsedTime(healed);
        var serving = await serve;
        if (!ids.SequenceEqual(after.Select(report => report.Node)) || cluster.Nodes.Any(node => node.Process.HasExited))
        {
            throw new ScriptFailure("a node is not the one that it was before the cut, or its process has ended");
        }

        return new CutResult(FirstWrite(cut, begun), dead, RequireSilence(cut, begun, ended), serving, agreed);
    }

    private void RequireCut(Cut cut)
    {
        var (from, to) = cut.Directions[0];
        if (lab.CanConnect(from, to))
        {
            throw new ScriptFailure($"the link from node {from} to node {to} is not cut: a connection came about");
        }
    }

    /// <summary>Every node acknowledges a write that begins now.</summary>
    private async Task<TimeSpan> ServeAsync(CancellationToken stop)
    {
        var times = await Task.WhenAll(load.Nodes.Select(async node =>
        {
            using var client = new NodeClient(node, Attempt);
            return await Wait.UntilAsync(
                async () => (await client.SetAsync($"/healed/{node}", "x")).Outcome == Outcome.Ok, $"{node} acknowledges a write again", HealLimit, stop);
        }));
        return times.Max();
    }

    private TimeSpan? FirstWrite(Cut cut, long begun)
    {
        if (cut.Majority.Count == 0)
        {
            return null;
        }

        var acknowledged = Calls(cut.Majority).Where(call => !call.IsRead && call.Outcome == Linearizability.Outcome.Ok && call.Called > begun).ToList();
        var first = acknowledged.Count > 0 ? TimeProvider.System.GetElapsedTime(begun, acknowledged.Min(call => call.Returned)) : TimeSpan.MaxValue;
        return first <= WriteLimit ? first
            : throw new ScriptFailure($"{cut.Name}: the majority acknowledged its first write {ScriptRun.Seconds(first)} after the cut");
    }

    /// <summary>Whatever tells of a decision (a write done, a compare-and-set refused, a linearizable read answered) proves that a side which
    /// may not decide did.</summary>
    private int RequireSilence(Cut cut, long begun, long ended)
    {
        var from = begun + (long)(Bound.TotalSeconds * TimeProvider.System.TimestampFrequency);
        var asked = Calls(cut.Minority).Where(call => call.Called > from && call.Called < ended).ToList();
        var answered = asked.Where(call => call.Outcome != Linearizability.Outcome.Unknown && call.Returned < ended).ToList();
        if (answered.Count > 0)
        {
            throw new ScriptFailure($"{cut.Name}: the minority answered {answered.Count} calls, the first: {answered[0]}");
        }

        return asked.Count > 0 ? asked.Count : throw new ScriptFailure($"{cut.Name}: the minority was asked nothing, so that it stayed silent proves nothing");
    }

    // A client's name begins with the address of its node.
    private IEnumerable<Operation> Calls(IReadOnlyList<int> nodes)
    {
        var prefixes = nodes.Select(node => $"{load.Nodes[node]}").ToList();
        return load.Registers.History.Where(call => prefixes.Exists(prefix => call.Client.StartsWith(prefix, StringComparison.Ordinal)));
    }
}
