using System.Globalization;
using Orleans.Doozer.Simulation;

var arguments = args.ToList();
long Number(string name, long otherwise)
{
    var at = arguments.IndexOf(name);
    return at >= 0 && at + 1 < arguments.Count ? long.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;
}

if (arguments.Contains("--sabotage"))
{
    foreach (var line in SabotageTable.Lines(Number("--seeds", 500)))
    {
        Console.WriteLine(line);
    }

    return 0;
}

if (arguments.Contains("--seed"))
{
    var kind = (Sabotage)Number("--variant", 0);
    var result = SimRun.Run((ulong)Number("--seed", 1), kind, !arguments.Contains("--quiet"));
    Console.WriteLine(Report.Of(result));
    return result.Failure is null ? 0 : 1;
}

var sweep = new SeedSweep(
    (ulong)Number("--from", 1),
    (ulong)Number("--seeds", arguments.Contains("--minutes") ? long.MaxValue / 2 : 1000),
    TimeSpan.FromMinutes(Number("--minutes", 24 * 60)),
    (int)Number("--threads", Environment.ProcessorCount),
    Console.Out);
return sweep.Run() == 0 ? 0 : 1;
