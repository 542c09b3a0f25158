namespace Doozer.Cli;

/// <summary>A failure the user can understand: its message is the one line that is printed.</summary>
internal class DoozerException(string message, int exitCode = ExitCode.Failure) : Exception(message)
{
    internal int ExitCode { get; } = exitCode;
}

/// <summary>The command line itself is wrong; a hint where to read on ends its line.</summary>
internal sealed class UsageException(string message, string? verb = null) : DoozerException(message)
{
    internal string Hint { get; } = verb is null ? "run 'doozer -h'" : $"run 'doozer help {verb}'";
}

/// <summary>A write was sent and its answer never came: it may have happened, or may still happen.</summary>
internal sealed class OutcomeUnknownException(string reason)
    : DoozerException($"outcome unknown: {reason}; the change may or may not have been made, read before trying again");
