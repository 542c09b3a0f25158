using System.CommandLine;
using System.Runtime.InteropServices;
using Orleans.Doozer.SystemTests.Scripts;

// A script that is interrupted, perhaps twice, still has its processes and namespaces to take away.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
return await ScriptCommands.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, stop.Token);

void End(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
