using System.CommandLine;
using System.Globalization;
using Orleans.Doozer.Simulation;

var seeds = new Option<long?>("--seeds") { Description = "How many seeds (default 1000; with --sabotage 500)" };
var from = new Option<long>("--from") { Description = "The first seed", DefaultValueFactory = _ => 1 };
var fresh = new Option<long?>("--fresh") { Description = "So many seeds that begin at the clock; it says where" };
var minutes = new Option<long?>("--minutes") { Description = "At most so long; without --seeds, seeds without end until then" };
var threads = new Option<long>("--threads") { Description = "How many run side by side", DefaultValueFactory = _ => Environment.ProcessorCount };
var seed = new Option<long?>("--seed") { Description = "One run, with its whole trace" };
var quiet = new Option<bool>("--quiet") { Description = "One run without its trace" };
var variant = new Option<Sabotage>("--variant") { HelpName = "name", Description = "Sabotages the runs with one of the faults that --sabotage names", DefaultValueFactory = _ => Sabotage.None };
var table = new Option<bool>("--sabotage") { Description = "Prints which deliberate fault was caught, by which check, after how many seeds" };
var hashes = new Option<long?>("--hashes") { Description = "Trace hashes of so many seeds: equal on every machine and in every build" };
var behind = new Option<long?>("--behind") { Description = "Nodes so many slots behind catch up" };
var history = new Option<long?>("--history") { Description = "Bytes for each kept revision, measured over so many" };
var command = new RootCommand("Runs the shipping state machines of a whole cluster in virtual time, each run from one seed. Status 1: a seed failed.")
{
    seeds, from, fresh, minutes, threads, seed, quiet, variant, table, hashes, behind, history,
};
command.SetAction(Run);
var parsed = command.Parse(args);
var status = parsed.Invoke();
return parsed.Errors.Count > 0 ? 2 : status;

int Run(ParseResult given)
{
    var lines = given.GetValue(behind) is { } slots ? Behind(slots)
        : given.GetValue(history) is { } revisions ? History(revisions)
        : given.GetValue(hashes) is { } hashed ? Report.Hashes(hashed)
        : given.GetValue(table) ? SabotageTable.Lines(given.GetValue(seeds) ?? 500)
        : null;
    foreach (var line in lines ?? [])
    {
        Console.WriteLine(line);
    }

    return lines is not null ? 0 : given.GetValue(seed) is { } one ? RunOne(one, given) : Sweep(given);
}

int RunOne(long one, ParseResult given)
{
    var result = SimRun.Run((ulong)one, given.GetValue(variant), !given.GetValue(quiet));
    Console.WriteLine(Report.Of(result));
    return result.Failure is null ? 0 : 1;
}

int Sweep(ParseResult given)
{
    var first = given.GetValue(fresh) is null ? (ulong)given.GetValue(from) : SeedSweep.FreshSeed();
    var count = given.GetValue(fresh) ?? given.GetValue(seeds) ?? (given.GetValue(minutes) is null ? 1000 : long.MaxValue / 2);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds from {first} on; one alone, with its trace: --seed N"));
    return new SeedSweep(
        first,
        (ulong)count,
        TimeSpan.FromMinutes(given.GetValue(minutes) ?? 24 * 60),
        (int)Math.Clamp(given.GetValue(threads), 1, 256),
        Console.Out,
        given.GetValue(variant)).Run() == 0 ? 0 : 1;
}

static IEnumerable<string> Behind(long slots)
{
    var (_, writeSeconds, nodes) = FarBehind.Run(slots, new());
    return [string.Create(CultureInfo.InvariantCulture, $"written in {writeSeconds:F1} s"), .. nodes.Select(node => node.ToString())];
}

static IEnumerable<string> History(long revisions) =>
[
    HistoryMemory.Measure(revisions, 16).ToString(),
    HistoryMemory.Measure(revisions, 128).ToString(),
    HistoryMemory.Measure(revisions, 128, files: 1_000_000).ToString(),
];
