using System.Text;

namespace Doozer.Cli;

/// <summary>Everything a verb touches of the world besides the network, so that tests can drive all of it.</summary>
internal sealed record CliConsole(Stream Input, Stream Output, Stream Error)
{
    /// <summary>Reads an environment variable.</summary>
    internal Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Orders the addresses and spreads the retries.</summary>
    internal Random Random { get; init; } = Random.Shared;

    /// <summary>The clock that measures outages.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Waits between two attempts to reconnect.</summary>
    internal Func<TimeSpan, CancellationToken, Task> DelayAsync { get; init; } = Task.Delay;

    /// <summary>Prints one line on standard error; nobody reading it is no reason to fail.</summary>
    internal void WriteError(string line)
    {
        try
        {
            Error.Write(Encoding.UTF8.GetBytes(line + "\n"));
            Error.Flush();
        }
        catch (IOException)
        {
            // The exit code still tells what happened.
        }
    }

    /// <summary>The process's own streams.</summary>
    internal static CliConsole OfProcess() =>
        new(StandardStreams.OpenInput(), StandardStreams.OpenOutput(), StandardStreams.OpenError());
}
