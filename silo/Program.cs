using Doozer.Silo;
using Orleans.Doozer.Clustering;
using Orleans.Doozer.Runtime.Journal;

const int WrongUse = 1;
const int Stopped = 2;

var command = SiloCommandLine.Create();
var result = command.Parse(args);
if (result.Errors.Count > 0)
{
    return Complain($"{result.Errors[0].Message} Run 'doozerd -h' for the options.", WrongUse);
}

if (result.Action is { } builtIn and not null && result.CommandResult.Command == command && builtIn.Terminating)
{
    return result.Invoke();
}

if (SiloCommandLine.WantsVersion(result))
{
    Console.WriteLine($"doozerd {typeof(SiloSettings).Assembly.GetName().Version?.ToString(3)}");
    return 0;
}

try
{
    var configuration = new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(Environment.CurrentDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables("DOOZER_")
        .Build();
    var settings = SiloCommandLine.Read(result, configuration);
    return await SiloProcess.RunAsync(settings) ? 0 : Stopped;
}
catch (OperationCanceledException)
{
    // Asked to stop before it served, for example while it waited for somebody to join.
    return 0;
}
catch (Microsoft.AspNetCore.Connections.AddressInUseException)
{
    // Free when this program looked, and taken before it came to listen.
    return Complain("one of its ports was taken while it started; stop the process that has it, or choose another -l", WrongUse);
}
catch (Exception exception) when (exception is SettingsException or JournalException or OrleansConfigurationException
    or RegisterConfigurationException or InvalidDataException or IOException)
{
    return Complain(exception.Message, WrongUse);
}

static int Complain(string message, int status)
{
    Console.Error.WriteLine($"doozerd: {message.ReplaceLineEndings(" ")}");
    return status;
}
