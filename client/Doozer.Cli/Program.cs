using System.Runtime.InteropServices;
using Doozer.Cli.CommandLine;

namespace Doozer.Cli;

/// <summary>The command <c>doozer</c>.</summary>
internal static class Program
{
    internal static async Task<int> Main(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await RunAsync(args, CliConsole.OfProcess(), stop.Token);

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Runs one command; every failure becomes one line on standard error and an exit code.</summary>
    internal static async Task<int> RunAsync(string[] args, CliConsole console, CancellationToken cancellationToken)
    {
        try
        {
            return await new CommandTree(console).RunAsync(args, cancellationToken);
        }
        catch (OutputClosedException)
        {
            return ExitCode.Success;
        }
        catch (UsageException exception)
        {
            console.WriteError($"Error: {exception.Message}; {exception.Hint}");
            return exception.ExitCode;
        }
        catch (DoozerException exception)
        {
            console.WriteError($"Error: {exception.Message}");
            return exception.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            console.WriteError("Error: interrupted");
            return ExitCode.Failure;
        }
        catch (Exception exception)
        {
            // A mistake in this program; still one line, never a stack trace.
            console.WriteError($"Error: internal error, please report it: {exception.GetType().Name}: {exception.Message}");
            return ExitCode.Failure;
        }
    }
}
