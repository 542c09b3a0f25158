using System.CommandLine;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>The command line of this project.</summary>
internal static class ScriptCommands
{
    public static RootCommand Create() => new("Scripts that start real doozerd processes, kill them, cut them off, and check what clients were told.")
    {
        CreateDemo(),
        CreateFailover(),
        CreateJoin(),
        CreateRestarts(),
        CreateWipes(),
        CreateCuts(),
        CreateSoak(),
    };

    private static Command CreateDemo()
    {
        var command = new Command("demo", "Three doozerd, writes, kill -9 of the leader, kill -9 of all.");
        command.SetAction(async (_, _) =>
        {
            await Demo.RunAsync();
            return 0;
        });
        return command;
    }

    private static Command CreateFailover()
    {
        var rounds = new Argument<int>("rounds") { Description = "How many times.", DefaultValueFactory = _ => 5 };
        var command = new Command("failover", "kill -9 of the leader under load; the longest gaps between acknowledged writes.") { rounds };
        command.SetAction(async (parsed, _) =>
        {
            await Failover.RunAsync(parsed.GetValue(rounds));
            return 0;
        });
        return command;
    }

    private static Command CreateJoin()
    {
        var doozerd = new Option<string>("--doozerd") { Description = "The published file.", Required = true };
        var command = new Command("join", "The published file alone in a folder: a cluster of three, and a fourth that replaces the first.") { doozerd };
        command.SetAction((parsed, stop) => Join.RunAsync(Path.GetFullPath(parsed.GetRequiredValue(doozerd)), stop));
        return command;
    }

    private static Command CreateRestarts()
    {
        var (nodes, rounds, seed, doozerd) = (Nodes(5), Rounds(), Seed(), Doozerd());
        var command = new Command("restarts", "All nodes killed with kill -9 and started in random order, again and again, under load.")
        {
            nodes, rounds, seed, doozerd,
        };
        command.SetAction((parsed, stop) => Restarts.RunAsync(
            Plan(parsed.GetValue(nodes), parsed.GetValue(doozerd)), parsed.GetValue(rounds), parsed.GetValue(seed), stop));
        return command;
    }

    private static Command CreateWipes()
    {
        var (nodes, rounds, seed, doozerd) = (Nodes(3), Rounds(), Seed(), Doozerd());
        var timeout = Number("--timeout", "Seconds of silence after which a node loses its vote.", 5);
        var command = new Command("wipes", "One node killed with kill -9 and its directory deleted, again and again, under load.")
        {
            nodes, rounds, timeout, seed, doozerd,
        };
        command.SetAction((parsed, stop) => Wipes.RunAsync(
            Plan(parsed.GetValue(nodes), parsed.GetValue(doozerd), "--timeout", $"{parsed.GetValue(timeout)}"),
            parsed.GetValue(rounds), parsed.GetValue(seed), stop));
        return command;
    }

    private static Command CreateCuts()
    {
        var (seed, doozerd) = (Seed(), Doozerd());
        var hold = Number("--hold", "How many seconds each cut lasts at least.", 15);
        var command = new Command("cuts", "Five nodes in network namespaces, cut off from each other; needs root and iproute2.") { hold, seed, doozerd };
        command.SetAction((parsed, stop) => Cuts.RunAsync(
            Program(parsed.GetValue(doozerd)), TimeSpan.FromSeconds(parsed.GetValue(hold)), parsed.GetValue(seed), stop));
        return command;
    }

    private static Command CreateSoak()
    {
        var (minutes, callers) = (Number("--minutes", "How long.", 30), Number("--callers", "How many call at once.", 256));
        var (nodes, doozerd) = (Nodes(3), Doozerd());
        var command = new Command("soak", "Full load, watched for silos that live and are declared dead.") { minutes, callers, nodes, doozerd };
        command.SetAction((parsed, stop) => Soak.RunAsync(
            Plan(parsed.GetValue(nodes), parsed.GetValue(doozerd)), parsed.GetValue(minutes), parsed.GetValue(callers), stop));
        return command;
    }

    private static Option<int> Nodes(int otherwise) => Number("--nodes", "How many nodes; all vote.", otherwise);

    private static Option<int> Rounds() => Number("--rounds", "How many times.", 20);

    private static Option<int?> Seed() => new("--seed") { Description = "Repeats the random order of an earlier run." };

    private static Option<string?> Doozerd() => new("--doozerd") { Description = "The doozerd to run; the one that was built unless given." };

    private static Option<int> Number(string name, string description, int otherwise)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} must be at least 1");
            }
        });
        return option;
    }

    private static string Program(string? doozerd) => doozerd is null ? Programs.Doozerd : Path.GetFullPath(doozerd);

    private static ClusterPlan Plan(int nodes, string? doozerd, params string[] options) =>
        ClusterPlan.OnLoopback(nodes) with { Program = Program(doozerd), Options = ["--voters", $"{nodes}", .. options] };
}
