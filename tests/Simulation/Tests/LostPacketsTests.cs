namespace Orleans.Doozer.Simulation;

/// <summary>ha/doozerd issue 59: a node's packets were lost for seven seconds; the cluster hung, and the node was out for good. Here the
/// others go on, nobody loses its vote, and the node is back as soon as its packets are.</summary>
public class LostPacketsTests
{
    private const long StartUs = 3_000_000;
    private const long LostUs = 7_000_000;

    /// <summary>After how long without an acknowledged write the cluster counts as hung: a leader that nobody answers gives up after 1.5 s,
    /// an election takes 0.6 s, and a client that asked the cut node waits up to 2 s.</summary>
    private const long GapUs = 4_000_000;

    [Theory]
    [InlineData(false, true, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, true, true)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    public void Node_SevenSecondsOfLostPackets_NeitherHangsTheClusterNorStaysOut(bool leader, bool toIt, bool fromIt)
    {
        for (var seed = 1UL; seed <= 10; seed++)
        {
            foreach (var voters in (int[])[0, 3])
            {
                var world = Start(seed, voters);
                var @operator = new Operator(world, world.Fork());
                var clients = Enumerable.Range(0, 4).Select(_ => new Client(world, world.Fork())).ToList();
                world.Queue.RunUntil(StartUs);
                var node = world.Nodes.First(one => one.Replica!.IsLeading == leader);
                var before = node.Replica!.Voters!;

                Cut(world, node, toIt, fromIt);
                RequireWrites(world, clients, LostUs);
                Assert.True(!toIt || world.Checker.Applied - node.Replica!.Applied > 50, $"seed {seed}: it did not miss anything");
                Assert.False(leader && node.Replica!.IsLeading, $"seed {seed}: it leads though nobody hears or answers it");
                world.Network.Heal();
                RequireWrites(world, clients, GapUs);

                Assert.Equal(before, world.Checker.Configuration(world.Checker.Applied.Next));
                RequireBack(world, node);
                clients.ForEach(client => client.Stopped = true);
                new Liveness(world, @operator).Check(20_000_000);
                Assert.Equal(Linearizability.Verdict.Linearizable, world.History.Check(1_000_000).Verdict);
            }
        }
    }

    /// <summary>All packets of the whole cluster: nothing can go on, and all goes on afterwards.</summary>
    [Fact]
    public void Cluster_SevenSecondsWithoutAnyPacket_GoesOnAfterwards()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var world = Start(seed, 3);
            var @operator = new Operator(world, world.Fork());
            var clients = Enumerable.Range(0, 4).Select(_ => new Client(world, world.Fork())).ToList();
            world.Queue.RunUntil(StartUs);
            world.Nodes.ForEach(node => Cut(world, node, true, true));
            world.Queue.RunUntil(StartUs + 100_000);
            var applied = world.Checker.Applied;
            world.Queue.RunUntil(StartUs + LostUs);
            Assert.Equal(applied, world.Checker.Applied);
            world.Network.Heal();
            RequireWrites(world, clients, 2 * GapUs);

            world.Nodes.ForEach(node => RequireBack(world, node));
            clients.ForEach(client => client.Stopped = true);
            new Liveness(world, @operator).Check(20_000_000);
        }
    }

    private static World Start(ulong seed, int automaticVoters)
    {
        var world = new World(seed, Sabotage.None, false, new SimOptions
        {
            InitialVoters = 3,
            Keys = 3,
            DelayMinUs = 300,
            DelayMaxUs = 3_000,
            SyncMinUs = 300,
            SyncMaxUs = 3_000,
            ThinkUs = 20_000,
            Alpha = 64,
            History = 100,
            Requests = 1000,
            SnapshotSlots = 100,
            PipelinedBatches = 3,
            BatchCommands = 4096,
            CandidateLagSlots = 1024,
            AutomaticVoters = automaticVoters,
            VoterSilenceMs = 60_000,
            VoterSteadyMs = 1_000,
            ForgetMs = 600_000,
        });
        world.Network.BeCalm();
        return world;
    }

    private static void Cut(World world, SimNode node, bool toIt, bool fromIt)
    {
        foreach (var other in world.Nodes.Where(other => other != node))
        {
            if (toIt)
            {
                world.Network.Cut(other.Index, node.Index);
            }

            if (fromIt)
            {
                world.Network.Cut(node.Index, other.Index);
            }
        }
    }

    private static void RequireWrites(World world, List<Client> clients, long forUs)
    {
        var end = world.Queue.NowUs + forUs;
        while (world.Queue.NowUs < end)
        {
            var (from, done) = (world.Queue.NowUs, clients.Sum(client => client.Done));
            while (clients.Sum(client => client.Done) == done)
            {
                Assert.True(world.Queue.NowUs - from <= GapUs, $"seed {world.Seed}: no write acknowledged after {from / 1000} ms");
                world.Queue.RunUntil(world.Queue.NowUs + 50_000);
            }
        }
    }

    /// <summary>It follows or leads, and is no further behind than a moment.</summary>
    private static void RequireBack(World world, SimNode node)
    {
        Assert.False(node.Replica!.Leader.IsNone, $"seed {world.Seed}: it knows no leader");
        Assert.True(node.Replica.IsVoter, $"seed {world.Seed}: it has lost its vote");
        Assert.InRange(world.Checker.Applied - node.Replica.Applied, 0, 20);
    }
}
