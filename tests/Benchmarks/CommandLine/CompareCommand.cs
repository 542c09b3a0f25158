using System.CommandLine;
using Orleans.Doozer.Benchmarks.Compare;
using Orleans.Doozer.Benchmarks.Servers;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>The command that compares doozerd with its peers.</summary>
internal static class CompareCommand
{
    private static readonly Option<string?> Only = new("--only")
    {
        Description = $"Only these groups: {string.Join(',', Comparison.GroupNames)}",
        HelpName = "group,...",
    };

    private static readonly Option<string?> Systems = new("--systems")
    {
        Description = "Only these: doozer,etcd,zookeeper",
        HelpName = "name,...",
    };

    private static readonly Option<int?> Rounds = new("--rounds") { Description = "Rounds (default 3, for failover 5)" };
    private static readonly Option<string?> Seconds = new("--seconds") { Description = "How long each measurement is (default 5)" };
    private static readonly Option<string?> WarmUp = new("--warm-up") { Description = "How long a load runs after each start (default 15)" };
    private static readonly Option<string?> LoadWarmUp = new("--load-warm-up")
    {
        Description = "How long each load runs before it is measured, on every system; those in .NET are compiled meanwhile (default 20)",
    };

    private static readonly Option<int> Connections = new("--conns") { Description = "Orleans clients", DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> Doozerd = new("--doozerd") { Description = "The doozerd to start; default the Release build", HelpName = "path" };
    private static readonly Option<string?> Data = new("--data") { Description = "Where all nodes keep their data; default the temporary directory" };
    private static readonly Option<string?> Json = new("--json")
    {
        Description = "A file for all samples; those that it holds already are kept and counted, so rounds can be run one by one",
        HelpName = "file",
    };

    private static readonly Option<bool> Report = new("--report") { Description = "Measure nothing; print the tables of the --json file" };

    public static Command Create()
    {
        var command = new Command("compare", "Compare doozerd, etcd and ZooKeeper on this machine, one after the other, round by round")
        {
            Only, Systems, Rounds, Seconds, WarmUp, LoadWarmUp, Connections, Doozerd, Data, Json, Report,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = parsed.GetValue(Json);
        var samples = file is null ? new Samples() : Samples.Read(file);
        if (!parsed.GetValue(Report))
        {
            var settings = new ComparisonSettings(
                Choose("--only", parsed.GetValue(Only), [.. Comparison.GroupNames]),
                parsed.GetValue(Rounds) is { } rounds ? LoadOptions.AtLeast(1, "--rounds", rounds) : null,
                LoadOptions.ParseSeconds("--seconds", parsed.GetValue(Seconds)) ?? TimeSpan.FromSeconds(5),
                LoadOptions.ParseSeconds("--warm-up", parsed.GetValue(WarmUp)) ?? TimeSpan.FromSeconds(15),
                LoadOptions.ParseSeconds("--load-warm-up", parsed.GetValue(LoadWarmUp)) ?? TimeSpan.FromSeconds(20));
            var data = parsed.GetValue(Data) ?? Path.GetTempPath();
            var programs = await PeerPrograms.FindAsync(Path.Combine(Path.GetTempPath(), "doozer-benchmark-peers"), cancellationToken);
            ISystem[] all =
            [
                new DoozerSystem(
                    DoozerdProgram.Find(parsed.GetValue(Doozerd)), data, LoadOptions.AtLeast(1, "--conns", parsed.GetValue(Connections))),
                new EtcdSystem(programs, data),
                new ZooKeeperSystem(programs, data),
            ];
            var systems = FindPresent(all, Choose("--systems", parsed.GetValue(Systems), [.. all.Select(system => system.Name)]));
            await new Comparison(settings, systems, samples, Console.Error.WriteLine)
                .RunAsync(() => Save(samples, file), cancellationToken);
        }

        ComparisonReport.Print(samples);
    }

    private static void Save(Samples samples, string? file)
    {
        if (file is not null)
        {
            samples.Write(file);
        }
    }

    private static List<ISystem> FindPresent(IEnumerable<ISystem> systems, IReadOnlyList<string> chosen)
    {
        var present = new List<ISystem>();
        foreach (var system in systems.Where(system => chosen.Contains(system.Name)))
        {
            if (system.Absence is { } reason)
            {
                Console.Error.WriteLine($"{system.Name} is left out: {reason}");
                continue;
            }

            present.Add(system);
        }

        return present;
    }

    private static string[] Choose(string option, string? text, string[] known)
    {
        var chosen = LoadOptions.Split(text);
        return chosen.Length == 0 ? known
            : chosen.FirstOrDefault(name => !known.Contains(name)) is { } unknown
                ? throw new UsageException($"{option}: '{unknown}' is none of {string.Join(", ", known)}")
                : chosen;
    }
}
