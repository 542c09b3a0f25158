using System.Globalization;
using Orleans.Doozer.Simulation;

string[] flags = ["--sabotage", "--quiet"];
string[] numbers = ["--seeds", "--fresh", "--from", "--minutes", "--threads", "--seed", "--variant", "--hashes", "--behind", "--history"];
var given = new Dictionary<string, long?>();
for (var i = 0; i < args.Length; i++)
{
    long? value = null;
    if (numbers.Contains(args[i]) && i + 1 < args.Length
        && long.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
    {
        value = number;
    }
    else if (!flags.Contains(args[i]))
    {
        Console.Error.WriteLine(
            $"simulation: '{args[i]}' is no option, or lacks its number; flags: {string.Join(' ', flags)}; with a number: {string.Join(' ', numbers)}");
        return 2;
    }

    given[args[i]] = value;
    i += value is null ? 0 : 1;
}

long Number(string name, long otherwise) => given.GetValueOrDefault(name) ?? otherwise;

if (given.ContainsKey("--behind"))
{
    var (_, writeSeconds, nodes) = FarBehind.Run(Number("--behind", 1_000_000), new());
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"written in {writeSeconds:F1} s"));
    nodes.ForEach(Console.WriteLine);
    return 0;
}

if (given.ContainsKey("--history"))
{
    Console.WriteLine(HistoryMemory.Measure(Number("--history", 1_000_000), 16));
    Console.WriteLine(HistoryMemory.Measure(Number("--history", 1_000_000), 128));
    Console.WriteLine(HistoryMemory.Measure(Number("--history", 1_000_000), 128, files: 1_000_000));
    return 0;
}

if (given.ContainsKey("--sabotage"))
{
    foreach (var line in SabotageTable.Lines(Number("--seeds", 500)))
    {
        Console.WriteLine(line);
    }

    return 0;
}

if (given.ContainsKey("--hashes"))
{
    foreach (var line in Report.Hashes(Number("--hashes", 50)))
    {
        Console.WriteLine(line);
    }

    return 0;
}

var sabotage = (Sabotage)Number("--variant", 0);
if (given.ContainsKey("--seed"))
{
    var result = SimRun.Run((ulong)Number("--seed", 1), sabotage, !given.ContainsKey("--quiet"));
    Console.WriteLine(Report.Of(result));
    return result.Failure is null ? 0 : 1;
}

var first = given.ContainsKey("--fresh") ? SeedSweep.FreshSeed() : (ulong)Number("--from", 1);
var seeds = (ulong)Number("--fresh", Number("--seeds", given.ContainsKey("--minutes") ? long.MaxValue / 2 : 1000));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds from {first} on; one alone, with its trace: --seed N"));
var sweep = new SeedSweep(
    first,
    seeds,
    TimeSpan.FromMinutes(Number("--minutes", 24 * 60)),
    (int)Math.Clamp(Number("--threads", Environment.ProcessorCount), 1, 256),
    Console.Out,
    sabotage);
return sweep.Run() == 0 ? 0 : 1;
