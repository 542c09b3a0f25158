using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>After the faults: writes and reads are served again, every node catches up, and all are equal; within a bound.</summary>
internal sealed class Liveness(World world, Operator @operator)
{
    private const long StepUs = 100_000;

    // The leader takes a node for alive for 1.5 s of its own clock after its last word, plans four times a second, and then decides.
    private const long NewcomerUs = 3_000_000;
    private readonly DeterministicRandom _random = world.Fork();

    public void Check(long boundUs)
    {
        Await(boundUs, "change of voters comes into force", IsVoterChangeInForce);
        Serve(boundUs, "after healing");
        if (world.Options.AutomaticVoters > 0)
        {
            Await(boundUs, "the leader has put the voters right", AreVotersRight);
            Await(boundUs, "all nodes are equal with the right voters", AreEqual);
        }

        if (Core() is { } spare)
        {
            // A minority stays away: the others go on without it.
            world.Trace.Add("stop", spare.Index);
            spare.Crash();
            Serve(boundUs, "without a minority");
        }
    }

    private void Serve(long boundUs, string when)
    {
        Await(boundUs, $"all nodes have joined {when}", () => Live().All(node => node.HasState && node.Registered));
        var written = false;
        var command = new Command(new RequestId(_random.Guid(), 1, 0), WriteKind.Set, "/k/1", Encoding.UTF8.GetBytes("alive"), Revision.Clobber);
        _ = new Call(world, _random, command, long.MaxValue / 2, _ => written = true);
        Await(boundUs, $"a write is acknowledged {when}", () => written);
        var unread = Live().ToList();
        foreach (var node in Live())
        {
            Reader.Read(world, node, "/k/1", () => unread.Remove(node));
        }

        Await(boundUs, $"a linearizable read completes at every node {when}", () => unread.Count == 0);
        Await(boundUs, $"all nodes are equal {when}", AreEqual);
    }

    private bool AreEqual() => @operator.IsIdle && Live().All(node => node.Replica!.Applied == world.Checker.Applied);

    /// <summary>Empty batches bring a change into force without waiting for writes.</summary>
    private bool IsVoterChangeInForce() => world.Checker.IsLatestConfigurationInForce && @operator.IsIdle;

    /// <summary>Who is gone for ever votes no more, unless nobody can take its place and emptying its slot would leave an even number;
    /// and as many vote as can.</summary>
    private bool AreVotersRight()
    {
        var voters = world.Checker.LatestConfiguration.Voters;
        var gone = voters.Count(voter => world.Find(voter)!.Gone);
        var live = Live().Count();
        var waiting = Live().Count(node => !voters.Contains(node.Id));
        return IsVoterChangeInForce() && !MayBeGivenAVote()
            && (gone == 0 || (gone == 1 && waiting == 0 && voters.Count % 2 == 1))
            && voters.Count - gone >= Math.Min(world.Options.AutomaticVoters, live - ((live + 1) % 2));
    }

    /// <summary>Whether a node that just died for ever may still be given a vote, an empty slot of an operator for instance. Together with
    /// a voter that stops meanwhile it may be too much for the voters there are then, and no leader can know (seeds 88144, 108089).</summary>
    private bool MayBeGivenAVote() => world.Nodes.Exists(node => node.GoneUs is { } since && world.Queue.NowUs - since < NewcomerUs);

    private SimNode? Core()
    {
        var voters = world.Checker.Configuration(world.Checker.Applied.Next).Voters;
        var gone = voters.Count(voter => world.Find(voter)!.Gone);
        return voters.Count - gone - 1 >= (voters.Count / 2) + 1 ? world.Find(_random.Pick(voters)) : null;
    }

    private IEnumerable<SimNode> Live() => world.Nodes.Where(node => node.IsUp);

    private void Await(long boundUs, string what, Func<bool> holds)
    {
        var end = world.Queue.NowUs + boundUs;
        while (!holds())
        {
            SimFailure.Require(world.Queue.NowUs < end, "liveness", $"{what}: not within {boundUs / 1_000_000} s. {Describe()}");
            world.Queue.RunUntil(world.Queue.NowUs + StepUs);
        }
    }

    private string Describe() => $"slot {world.Checker.Applied}; " + string.Join("; ", world.Nodes.Select(node => node.Replica is { } replica
        ? $"{node.Index} {node.Id}: applied {replica.Applied} leading {replica.IsLeading} leader {replica.Leader} voters {replica.Voters} behind {replica.IsBehind} highest {replica.Acceptor.Log.Highest}"
        : $"{node.Index} {node.Id}: down{(node.Gone ? " for ever" : "")}"));
}
