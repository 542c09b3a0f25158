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
root.Subcommands.Add(PageCommand.Create());
root.Subcommands.Add(StoresCommand.Create());
root.Subcommands.Add(ScaleCommand.Create());
root.Subcommands.Add(MicroCommand.Create());
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0 && args.Length > 0)
{
    Console.Error.WriteLine($"benchmark: {parsed.Errors[0].Message} --help after the command tells its options.");
    return WrongUse;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
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
