namespace Doozer.Cli;

/// <summary>The three exit codes scripts may rely on.</summary>
internal static class ExitCode
{
    internal const int Success = 0;

    /// <summary>The file's revision was newer than the one given: the failure that a script handles by trying again.</summary>
    internal const int RevisionMismatch = 1;

    internal const int Failure = 2;
}
