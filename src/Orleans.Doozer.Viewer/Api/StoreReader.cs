using Microsoft.AspNetCore.Http;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Viewer.Api;

/// <summary>The state that a request asks for.</summary>
internal static class StoreReader
{
    /// <summary>The store as of a revision; without one, what this node has applied.</summary>
    /// <exception cref="ViewerException">The revision is gone, or still to come.</exception>
    public static async Task<StoreView> ReadAsync(ServingNode serving, long? revision, CancellationToken cancellationToken)
    {
        var current = serving.Store.Current;
        if (revision is not { } wanted || wanted == current.Revision.Value)
        {
            return current;
        }

        if (wanted < 1 || wanted > current.Revision.Value)
        {
            throw ViewerException.BadRequest($"the revision must be between 1 and {current.Revision}");
        }

        try
        {
            return await serving.Store.ReadAsync(DoozerRead.At(new(wanted)), cancellationToken);
        }
        catch (DoozerTooLateException exception)
        {
            throw TooLate(serving, exception.Message);
        }
    }

    public static ViewerException TooLate(ServingNode serving, string message)
    {
        var status = serving.Store.Status;
        return new(StatusCodes.Status410Gone, "tooLate", message)
        {
            Oldest = status.OldestRevision.Value,
            Revision = status.Revision.Value,
        };
    }

    /// <exception cref="ViewerException">It is no path.</exception>
    public static string RequirePath(ServingNode serving, string? path)
    {
        if (DoozerPath.Describe(path, serving.Options.MaxPathLength) is { } problem)
        {
            throw new ViewerException(StatusCodes.Status400BadRequest, "badPath", problem);
        }

        return path!;
    }

    /// <exception cref="ViewerException">It is no glob.</exception>
    public static Glob RequireGlob(string? glob) => Glob.TryParse(glob, out var parsed) ? parsed : throw new ViewerException(
        StatusCodes.Status400BadRequest, "badPath", "the glob is a path in which ? is a character of a name, * any of a name and ** any at all");

    /// <exception cref="ViewerException">It is out of range.</exception>
    public static int RequireLimit(int? limit, int usual, int most) => limit is null ? usual
        : limit >= 1 && limit <= most ? limit.Value : throw ViewerException.BadRequest($"the limit must be between 1 and {most}");

    /// <summary>A file; null when there is none.</summary>
    public static FileInfoReply? FindFile(StoreView view, string path)
    {
        if (view.GetEntry(path) is not { } file)
        {
            return null;
        }

        var value = ValuePreview.Of(file.Value.Span, ValuePreview.FileBytes);
        return new(view.Revision.Value, file.Path, file.Revision.Value, value.Length, value.Encoding, value.Value, value.Truncated);
    }

    /// <summary>A child of a directory as it is now.</summary>
    public static TreeEntry Describe(StoreView view, string directory, string name)
    {
        var stat = view.Stat(DoozerPath.Combine(directory, name));
        return stat.IsDirectory ? new(name, "directory", null, stat.Length)
            : stat.IsFile ? new(name, "file", stat.Revision.Value, stat.Length)
            : new(name, "missing");
    }
}
