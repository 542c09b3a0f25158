using System.CommandLine;
using Orleans.Doozer.Benchmarks;
using Orleans.Doozer.Benchmarks.CommandLine;

const int WrongUse = 1;

var root = new RootCommand("Load for Orleans.Doozer, named as in etcd's own benchmark tool, and comparisons with its peers on this machine.");
foreach (var command in LoadCommands.Create().Concat(HelperCommands.Create()))
{
    root.Subcommands.Add(command);
}

root.Subcommands.Add(CompareCommand.Create());
root.Subcommands.Add(MicroCommand.Create());
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (UsageException exception)
{
    Console.Error.WriteLine($"benchmark: {exception.Message}");
    return WrongUse;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("benchmark: cancelled");
    return WrongUse;
}
