using System.Diagnostics;
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

var clock = Stopwatch.StartNew();
var limit = TimeSpan.FromMinutes(Number("--minutes", 24 * 60));
var first = (ulong)Number("--from", 1);
var seeds = (ulong)Number("--seeds", arguments.Contains("--minutes") ? long.MaxValue / 2 : 1000);
long failed = 0;
long events = 0;
ulong ran = 0;
for (; ran < seeds && clock.Elapsed < limit; ran++)
{
    var result = SimRun.Run(first + ran);
    events += result.Events;
    if (result.Failure is not null)
    {
        failed++;
        Console.WriteLine($"seed {result.Seed}: {result.Failure.ReplaceLineEndings(" ")}");
    }
}

Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{ran} seeds, {failed} failed, {events} events, {clock.Elapsed.TotalSeconds:F0} s, {ran / clock.Elapsed.TotalMinutes:F0} seeds per minute"));
return failed == 0 ? 0 : 1;
