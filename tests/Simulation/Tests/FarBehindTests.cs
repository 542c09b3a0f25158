using Orleans.Doozer.KeyStore;
using Xunit.Abstractions;

namespace Orleans.Doozer.Simulation;

/// <summary>With the default settings but for the log in memory, of which there is a quarter; twice the default history, so that the beginning of the log is gone. A million takes five times as
/// long and the same messages: `--behind 1000000`.</summary>
public class FarBehindTests(ITestOutputHelper output)
{
    private const int Slots = 200_000;

    [Fact]
    public void Node_FarBehind_CatchesUpInBoundedStepsAndMemory()
    {
        var state = new StateMachineOptions();
        var (cluster, _, nodes) = FarBehind.Run(Slots, state);
        nodes.ForEach(node => output.WriteLine($"{node}"));

        // What is kept is the history and what the next snapshot is due for, on the node that catches up as on the leader.
        var kept = state.History + new ReplicaOptions().SnapshotSlots + 5_000;
        Assert.All(nodes, node =>
        {
            Assert.InRange(node.Ticks, 1, 10);
            Assert.InRange(node.Messages, 1, 100);
            Assert.InRange(node.LargestMessage, 1, 1 << 20);
            Assert.InRange(node.LargestChunk, 0, 1 << 20);
            Assert.InRange(node.PeakEntries, 1, kept);
        });
        Assert.Equal([0, 1, 1], nodes.Select(node => node.Installs));
        Assert.True(nodes[0].BehindSlots < state.History && nodes[1].BehindSlots > Slots / 2 && nodes[2].BehindSlots > Slots);
        Assert.InRange(cluster.Leader.PeakEntries, 1, kept);

        // Most of what each of them misses is in the leader's journal only: a page of a megabyte at a time.
        Assert.InRange(cluster.Leader.JournalReads, 3 * 3, 3 * 20);
        Assert.InRange(cluster.Leader.PeakBytes, 1, (4 << 20) + 1_000);
        Assert.True(cluster.Leader.Saves > 1, $"{cluster.Leader.Saves} base snapshots");
        foreach (var name in (string[])["B", "C", "D"])
        {
            Assert.Equal(cluster.Leader.Replica.Machine!.ChainHash, cluster.Find(Consensus.NodeId.Parse(name)).Replica.Machine!.ChainHash);
        }
    }
}
