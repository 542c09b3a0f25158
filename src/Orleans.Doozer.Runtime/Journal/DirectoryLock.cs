using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>
/// Keeps every other process, and every other open in this one, out of a data directory: two nodes with one identity would vote twice.
/// FileShare.None is flock(LOCK_EX) on Linux and macOS: it belongs to the open file, so a second open here is refused as well, and it
/// ends with the process however that ends. The file is never deleted: a lock on a deleted file keeps nobody out.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    public const string FileName = "lock";

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    public static DirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var file = TryOpen(path) ?? throw new JournalException(
            $"The data directory '{directory}' is in use by {Holder(path)}. Stop it, or give this node another data directory.");
        try
        {
            // Some file systems, and DOTNET_SYSTEM_IO_DISABLEFILELOCKING, make .NET go on without a lock and without a word.
            using (var second = TryOpen(path))
            {
                if (second is not null)
                {
                    throw new JournalException(
                        $"The file system of '{directory}' does not lock files. Use a local disk, and do not set "
                        + "DOTNET_SYSTEM_IO_DISABLEFILELOCKING.");
                }
            }

            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
            file.Flush();
            return new DirectoryLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // Null when another holds it. "In use" is EWOULDBLOCK (11 on Linux, 35 on macOS) or a sharing violation on Windows; every other
    // IOException is the caller's to explain.
    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (error.HResult is 11 or 35 or unchecked((int)0x80070020))
        {
            return null;
        }
    }

    private static string Holder(string path)
    {
        var pid = ReadUnlocked(path);
        return pid.Length == 0 ? "another process"
            : pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture) ? $"this process already (pid {pid})"
            : $"another process (pid {pid})";
    }

    // .NET asks for a shared lock even to read, and the holder refuses it; a bare open(2) asks for none.
    private static string ReadUnlocked(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return "";
        }

        using var handle = new SafeFileHandle(Open(Encoding.UTF8.GetBytes(path + '\0'), 0), ownsHandle: true);
        if (handle.IsInvalid)
        {
            return "";
        }

        Span<byte> bytes = stackalloc byte[20];
        var text = Encoding.UTF8.GetString(bytes[..RandomAccess.Read(handle, bytes, 0)]).Trim();
        return text.All(char.IsAsciiDigit) ? text : "";
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);
}
