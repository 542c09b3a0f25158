using Orleans.Doozer.Runtime.Front;

namespace Orleans.Doozer.Runtime.Diagnostics;

/// <summary>What a node's data takes on its disk, and what is left there.</summary>
internal static class DiskSpace
{
    /// <summary>Adds it to a status; a node in memory has none.</summary>
    public static NodeStatus AddTo(NodeStatus status, string? directory)
    {
        if (directory is null)
        {
            return status;
        }

        try
        {
            var bytes = new DirectoryInfo(directory).EnumerateFiles().Sum(file => file.Length);
            return status with { DataBytes = bytes, FreeBytes = new DriveInfo(directory).AvailableFreeSpace };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A file of the journal went away while it was looked at, or the disk does not tell: then it is not known.
            return status;
        }
    }
}
