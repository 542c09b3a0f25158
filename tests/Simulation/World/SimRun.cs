using Orleans.Doozer.Consensus;
using Orleans.Doozer.Linearizability;

namespace Orleans.Doozer.Simulation;

/// <summary>How a run ended.</summary>
internal sealed record SimResult(
    ulong Seed, SimOptions Options, ulong Hash, long Events, long Slots, long Writes, string? Check, string? Failure,
    IReadOnlyList<string> LastEvents);

/// <summary>A run: faults and safety first, then everything heals and must go on.</summary>
internal static class SimRun
{
    private const long LivenessUs = 60_000_000;

    // A run has at most some hundred operations on each file, and needs some thousand looks: this many take a tenth of a second.
    private const long HistoryLimit = 500_000;

    public static SimResult Run(ulong seed, Sabotage sabotage = Sabotage.None, bool verbose = false, bool onlyHistory = false)
    {
        World? world = null;
        var clients = new List<Client>();
        SimFailure? failure = null;
        try
        {
            world = new World(seed, sabotage, verbose) { OnlyHistory = onlyHistory };
            RunPhases(world, clients);
        }
        catch (SimFailure problem)
        {
            failure = problem;
        }
        catch (InvariantViolationException problem)
        {
            failure = new SimFailure("invariant", problem.ToString());
        }

        return new(
            seed, world?.Options ?? new(), world?.Trace.Hash ?? 0, world?.Queue.Executed ?? 0, world?.Checker.Applied.Value ?? 0,
            clients.Sum(client => client.Done), failure?.Check, failure?.Message, failure is null ? [] : [.. world?.Trace.Last() ?? []]);
    }

    private static void RunPhases(World world, List<Client> clients)
    {
        for (var i = 0; i < world.Options.Spares; i++)
        {
            world.AddSpare();
        }

        for (var i = 0; i < world.Options.Clients; i++)
        {
            clients.Add(new Client(world, world.Fork()));
        }

        var readers = new List<Reader>();
        for (var i = 0; i < world.Options.Readers; i++)
        {
            readers.Add(new Reader(world, world.Fork()));
        }

        _ = new Watcher(world, world.Fork());
        _ = new Watcher(world, world.Fork());
        var @operator = new Operator(world, world.Fork());
        var nemesis = new Nemesis(world, world.Fork(), @operator);
        world.Queue.RunUntil(world.Options.DurationUs);
        world.Trace.Add("heal", 0);
        nemesis.Heal();
        @operator.Stopped = true;
        clients.ForEach(client => client.Stopped = true);
        readers.ForEach(reader => reader.Stopped = true);
        new Liveness(world, @operator).Check(LivenessUs);
        var seen = world.History.Check(HistoryLimit);
        SimFailure.Require(seen.Verdict != Verdict.Violated, "linearizability", $"{seen.Explanation}");
    }
}
