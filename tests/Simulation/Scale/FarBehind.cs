using System.Diagnostics;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>How one node caught up.</summary>
internal sealed record CaughtUp(
    string Who, long BehindSlots, int Ticks, long Messages, long LargestMessage, long Chunks, long LargestChunk, int Installs,
    long PeakEntries, double Seconds)
{
    public override string ToString() => FormattableString.Invariant(
        $"{Who}: {BehindSlots:N0} slots behind, caught up in {Seconds:F1} s, {Ticks} ticks, {Messages} messages of at most {LargestMessage:N0} bytes, {Installs} snapshots in {Chunks} chunks of at most {LargestChunk:N0}, log at most {PeakEntries:N0} entries");
}

/// <summary>A node with a long log ahead of three others: a new one, one that was away for nearly all of it, and one that still finds in the
/// log what it missed.</summary>
internal static class FarBehind
{
    public static (DirectCluster Cluster, double WriteSeconds, List<CaughtUp> Nodes) Run(long slots, StateMachineOptions state)
    {
        var clock = Stopwatch.StartNew();
        var cluster = new DirectCluster(state);
        var away = cluster.AddFollower("B");
        var shortly = cluster.AddFollower("C");
        cluster.Write(1_000);
        away.IsCutOff = true;
        cluster.Write(slots - (state.History / 2));
        shortly.IsCutOff = true;
        cluster.Write(state.History / 2);
        var writeSeconds = clock.Elapsed.TotalSeconds;
        return (cluster, writeSeconds,
        [
            CatchUp(cluster, shortly, "within the log"), CatchUp(cluster, away, "long absent"), CatchUp(cluster, cluster.AddNew("D"), "new"),
        ]);
    }

    private static CaughtUp CatchUp(DirectCluster cluster, DirectNode node, string who)
    {
        var clock = Stopwatch.StartNew();
        var behind = cluster.Leader.Replica.Applied - node.Replica.Applied;
        cluster.ForgetCounts();
        var installs = node.Installs;
        var ticks = cluster.CatchUp(node);
        return new(who, behind, ticks, cluster.Messages, cluster.LargestMessage, cluster.Chunks, cluster.LargestChunk, node.Installs - installs,
            node.PeakEntries, clock.Elapsed.TotalSeconds);
    }
}
