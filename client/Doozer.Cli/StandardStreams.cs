using Microsoft.Win32.SafeHandles;

namespace Doozer.Cli;

/// <summary>Opens the process's own streams, past what the runtime's console hides or gets wrong.</summary>
internal static class StandardStreams
{
    private const int CloseOnExec = 0x80000;

    internal static Stream OpenInput() => IsInherited(0) ? Console.OpenStandardInput() : new ClosedStream("it");

    internal static Stream OpenError() => IsInherited(2) ? Console.OpenStandardError() : Stream.Null;

    // The console stream swallows writes to a closed pipe, so that `doozer watch | head -1` would never end. A FileStream reports
    // them, but keeps an offset of its own on a seekable file, where two commands sharing one output would overwrite each other.
    internal static Stream OpenOutput()
    {
        if (!IsInherited(1))
        {
            return new ClosedStream("it");
        }

        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        try
        {
            var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? Console.OpenStandardOutput() : stream;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return Console.OpenStandardOutput();
        }
    }

    // When a standard stream is closed at the start, the runtime's own pipes take its number: reading "standard input" then eats
    // the process's signals. What was inherited survived an exec, so it lacks the close-on-exec flag of the runtime's pipes.
    private static bool IsInherited(int descriptor)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        try
        {
            string line = File.ReadLines($"/proc/self/fdinfo/{descriptor}")
                .First(line => line.StartsWith("flags:", StringComparison.Ordinal));
            return (Convert.ToInt32(line["flags:".Length..].Trim(), 8) & CloseOnExec) == 0;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // Without /proc nothing is known: hope for the usual.
            return true;
        }
    }
}
