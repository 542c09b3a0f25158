using Orleans.Doozer.SystemTests;

// dotnet run -c Release --project tests/System -- failover [rounds]
if (args is not ["failover", ..])
{
    Console.Error.WriteLine("usage: failover [rounds]   kill -9 the leader of three doozerd under load, print the longest gaps between acknowledged writes");
    return 1;
}

await Failover.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 5);
return 0;
