using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>"Too late" begins exactly beyond the kept history, wherever a node has its state from.</summary>
public class HistoryKeptTests
{
    private const int Kept = 50;
    private const int GenesisRevisions = 6;
    private static readonly StateMachineOptions State = new() { History = Kept };

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(51)]
    [InlineData(49)]
    [InlineData(333)]
    public void History_AfterARestartFromSnapshotAndLog_IsTheWholeOneAgain(int slots)
    {
        var cluster = new DirectCluster(State, snapshotSlots: 20);
        cluster.Write(slots);

        var restarted = cluster.Leader.Restarted();

        Assert.True(slots < 100 || (restarted.Machine!.BaseSlot.Value > 0 && cluster.Leader.Saves > 1));
        RequireSame(cluster.Leader.Replica.Machine!, restarted.Machine!);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(333)]
    public void History_AfterATransfer_IsTheWholeOne(int slots)
    {
        var cluster = new DirectCluster(State, snapshotSlots: 20);
        cluster.Write(slots);
        var joined = cluster.AddNew("D");
        cluster.CatchUp(joined);

        Assert.Equal(1, joined.Installs);
        RequireSame(cluster.Leader.Replica.Machine!, joined.Replica.Machine!);

        cluster.Write(7);
        cluster.CatchUp(joined);
        RequireSame(cluster.Leader.Replica.Machine!, joined.Replica.Machine!);
        RequireSame(cluster.Leader.Replica.Machine!, joined.Restarted().Machine!);
    }

    [Fact]
    public void History_BoundedByItsBytes_IsTheSameOneAfterARestartAndATransfer()
    {
        // A command is some 150 bytes: about thirty are kept. A snapshot is written when the log has as many bytes as the thousand files.
        var cluster = new DirectCluster(new() { History = 10_000, HistoryBytes = 5_000 }, snapshotBytes: 2_000);
        cluster.Write(3_000);
        var machine = cluster.Leader.Replica.Machine!;
        var oldest = machine.History.Oldest.Value;
        Assert.InRange(machine.Current.Revision.Value - oldest, 20, 40);
        Assert.InRange(cluster.Leader.Saves, 2, 4);

        RequireSame(machine, cluster.Leader.Restarted().Machine!, oldest);

        var joined = cluster.AddNew("D");
        cluster.CatchUp(joined);
        Assert.Equal(1, joined.Installs);
        RequireSame(machine, joined.Replica.Machine!, machine.History.Oldest.Value);
    }

    private static void RequireSame(StateMachine expected, StateMachine actual)
    {
        var head = expected.Current.Revision.Value;
        Assert.Equal(head, actual.History.Head.Value);

        // The revisions of genesis are not in the log: a store that is still at them begins after them.
        RequireSame(expected, actual, Math.Max(head - Kept, GenesisRevisions) + 1);
    }

    private static void RequireSame(StateMachine expected, StateMachine actual, long oldest)
    {
        var head = expected.Current.Revision.Value;
        Assert.Equal(oldest, expected.History.Oldest.Value);
        Assert.Equal(oldest, actual.History.Oldest.Value);
        Assert.True(actual.History.Read(new(oldest - 1), 1).TooLate);
        Assert.False(actual.History.TryGetView(new(oldest - 2), out _));
        var page = actual.History.Read(new(oldest), int.MaxValue);
        Assert.False(page.TooLate);
        Assert.Equal(head - oldest + 1, page.Events.Count);
        Assert.Equal(
            expected.History.Read(new(oldest), int.MaxValue).Events.Select(change => (change.Revision, change.Path)),
            page.Events.Select(change => (change.Revision, change.Path)));
        for (var revision = oldest; revision <= head; revision++)
        {
            Assert.True(actual.History.TryGetView(new(revision), out _), $"revision {revision} of {oldest} to {head}");
        }
    }
}
