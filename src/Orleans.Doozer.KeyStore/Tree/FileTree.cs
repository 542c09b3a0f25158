namespace Orleans.Doozer.KeyStore;

/// <summary>
/// The tree of files as functions over directories that never change once they are published. A directory is a
/// <see cref="NameMap"/>, null the empty root. Paths are taken as valid (<see cref="DoozerPath"/>), so their depth, and the depth of the
/// recursion here, is at most 512.
/// </summary>
internal static class FileTree
{
    /// <summary>
    /// The file (<see cref="StoredFile.Item"/>) or directory (<see cref="NameMap"/>) at a path; null when there is none, and for the
    /// root while it is empty. <paramref name="belowFile"/>: a part of the path before its end is a file. <paramref name="key"/>: the text that
    /// the tree has for the path of a file.
    /// </summary>
    public static object? Find(NameMap? root, ReadOnlySpan<char> path, out string? key, out bool belowFile)
    {
        key = null;
        belowFile = false;
        object? item = root;
        var rest = path[1..];
        while (item is not null && !rest.IsEmpty)
        {
            if (item is not NameMap directory)
            {
                key = null;
                belowFile = true;
                return null;
            }

            item = NameMap.Find(directory, TakeName(ref rest), out key);
        }

        return item;
    }

    /// <summary>Writes a file; its directories appear where they are missing. No part of the path before its end is a
    /// file.</summary>
    public static NameMap Put(NameMap? root, string path, StoredFile file, uint edit) => Put(root, path, start: 1, file, edit);

    /// <summary>Removes a file that exists, and the directories that it leaves empty.</summary>
    public static NameMap? Remove(NameMap? root, string path, uint edit) => Remove(root, path, start: 1, edit);

    private static NameMap Put(NameMap? directory, string path, int start, StoredFile file, uint edit)
    {
        var slash = path.IndexOf('/', start);
        if (slash < 0)
        {
            return NameMap.Put(directory, path, start, path.Length, file.Item, edit);
        }

        var below = (NameMap?)NameMap.Find(directory, path.AsSpan(start..slash));
        return NameMap.Put(directory, path, start, slash, Put(below, path, slash + 1, file, edit), edit);
    }

    private static NameMap? Remove(NameMap? directory, string path, int start, uint edit)
    {
        var slash = path.IndexOf('/', start);
        var name = path.AsSpan(start, (slash < 0 ? path.Length : slash) - start);
        if (slash > 0 && Remove((NameMap?)NameMap.Find(directory, name), path, slash + 1, edit) is { } remaining)
        {
            return NameMap.Put(directory, path, start, slash, remaining, edit);
        }

        return NameMap.Remove(directory, name, edit);
    }

    private static ReadOnlySpan<char> TakeName(ref ReadOnlySpan<char> rest)
    {
        var slash = rest.IndexOf('/');
        var name = slash < 0 ? rest : rest[..slash];
        rest = slash < 0 ? default : rest[(slash + 1)..];
        return name;
    }
}
