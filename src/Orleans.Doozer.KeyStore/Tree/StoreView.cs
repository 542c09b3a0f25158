using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// The whole store at one revision. It never changes, so any thread may read it without a lock, and keeping an old one is keeping
/// a pointer: consecutive views share all but the changed path.
/// </summary>
public sealed class StoreView
{
    internal StoreView(NameMap? root, Revision revision, Slot position, long fileCount, long sizeBytes)
    {
        Root = root;
        Revision = revision;
        Position = position;
        FileCount = fileCount;
        SizeBytes = sizeBytes;
    }

    /// <summary>The newest revision in it.</summary>
    public Revision Revision { get; }

    /// <summary>The last slot that left this state. For a past revision that was not the last of its slot: that slot.</summary>
    public Slot Position { get; }

    /// <summary>How many files there are.</summary>
    public long FileCount { get; }

    /// <summary>The bytes of all paths and values.</summary>
    public long SizeBytes { get; }

    internal static StoreView Empty { get; } = new(null, default, Slot.Zero, 0, 0);

    internal NameMap? Root { get; }

    /// <summary>Reads a file. <see cref="Revision.Directory"/> for a directory, <see cref="Revision.Missing"/> for anything else,
    /// also for what is no path, as in Doozer.</summary>
    public FileContent Get(string path)
    {
        var item = Find(path);
        var file = StoredFile.From(item);
        return file.Exists ? new(file.Revision, file.Value) : new(RevisionOfOther(path, item), default);
    }

    /// <summary>The file at a path; null when there is none.</summary>
    public DoozerEntry? GetEntry(string path) => StoredFile.From(Find(path)).At(path);

    /// <summary>Tells what is at a path: the bytes of a file, the number of entries of a directory.</summary>
    public DoozerStat Stat(string path)
    {
        var item = Find(path);
        var file = StoredFile.From(item);
        return file.Exists ? new(file.Revision, file.Length) : new(RevisionOfOther(path, item), (item as NameMap)?.Count ?? 0);
    }

    /// <summary>The n-th name in a directory in byte order, from 0; false when there are not so many, or no such
    /// directory.</summary>
    public bool TryGetName(string directory, int offset, out string name) =>
        NameMap.TryGetName(Find(directory) as NameMap, offset, out name);

    /// <summary>A page of the names in a directory, in byte order, strictly after <paramref name="after"/>.</summary>
    public DirectoryPage List(string directory, string? after, int limit)
    {
        if (Find(directory) is not NameMap map)
        {
            return new(Get(directory).Revision, [], false);
        }

        var names = new List<string>();
        var cursor = new NameCursor(map, after);
        while (cursor.TryNext(out var name, out _, out _))
        {
            if (after is not null && name.SequenceEqual(after))
            {
                continue;
            }

            if (names.Count >= limit)
            {
                return new(Revision.Directory, names, true);
            }

            names.Add(name.ToString());
        }

        return new(Revision.Directory, names, false);
    }

    /// <summary>
    /// The files that match a glob, depth first, each directory in byte order of its names. Directories that can hold no match
    /// are not entered.
    /// </summary>
    /// <param name="glob">The pattern.</param>
    /// <param name="after">Only files after this path in walking order, whether it exists or not; they are found without walking
    /// from the start. Null for all.</param>
    public IEnumerable<DoozerEntry> Walk(Glob glob, string? after = null) => new WalkPlan(glob).Walk(Root, after);

    /// <summary>Whether nothing at or below a path changed between two views of one replica: a comparison of two pointers. A "no"
    /// may also mean that it changed and changed back.</summary>
    public bool IsUnchanged(string path, StoreView other) => ReferenceEquals(Find(path), other.Find(path));

    private static Revision RevisionOfOther(string path, object? item) =>
        item is NameMap || path == DoozerPath.Root ? Revision.Directory : Revision.Missing;

    internal StoreView MoveTo(Slot position) => new(Root, Revision, position, FileCount, SizeBytes);

    private object? Find(string path) =>
        string.IsNullOrEmpty(path) || path[0] != '/' || (path.Length > 1 && path[^1] == '/')
            ? null
            : FileTree.Find(Root, path, out _, out _);
}
