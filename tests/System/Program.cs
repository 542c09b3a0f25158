using System.Globalization;
using Orleans.Doozer.SystemTests;

switch (args)
{
    case ["demo"]:
        await Demo.RunAsync();
        return 0;
    case ["failover"]:
        await Failover.RunAsync(rounds: 5);
        return 0;
    case ["failover", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
        await Failover.RunAsync(rounds);
        return 0;
    default:
        Console.Error.WriteLine("usage: demo               three doozerd, writes, kill -9 of the leader, kill -9 of all");
        Console.Error.WriteLine("       failover [rounds]  kill -9 the leader under load, print the longest gaps between acknowledged writes");
        return 1;
}
