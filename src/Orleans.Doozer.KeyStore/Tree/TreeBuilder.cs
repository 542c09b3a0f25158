using System.Runtime.InteropServices;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>Builds a tree from files in walking order, in linear time: each directory is made once, when the walk leaves
/// it.</summary>
internal sealed class TreeBuilder
{
    private readonly List<Level> _open = [new(Path: "")];
    private string _last = "";

    /// <summary>Files so far.</summary>
    public long FileCount { get; private set; }

    /// <summary>Bytes of their paths and values.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Adds the next file.</summary>
    /// <exception cref="InvariantViolationException">It does not come after the last one, or lies below a file.</exception>
    public void Add(string path, StoredFile file)
    {
        var shared = 0;
        while (shared + 1 < _open.Count && _open[shared + 1].IsAbove(path))
        {
            shared++;
        }

        Close(shared + 1);
        for (var slash = path.IndexOf('/', _open[^1].NameStart); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            RequireOrder(path[..slash], path);
            _open.Add(new(path[..slash]));
        }

        RequireOrder(path, path);
        _open[^1].Entries.Add(new(path, file.Item));
        _last = path;
        FileCount++;
        SizeBytes += path.Length + file.Length;
    }

    /// <summary>The tree of all files that were added.</summary>
    public NameMap? Build()
    {
        Close(1);
        return _open[0].Build();
    }

    private void Close(int depth)
    {
        while (_open.Count > depth)
        {
            var level = _open[^1];
            _open.RemoveAt(_open.Count - 1);
            _open[^1].Entries.Add(new(level.Path, level.Build()!));
        }
    }

    private void RequireOrder(string key, string path)
    {
        // In one directory the keys differ in their names only.
        var entries = _open[^1].Entries;
        if (entries.Count > 0 && string.CompareOrdinal(entries[^1].Key, key) >= 0)
        {
            throw new InvariantViolationException($"the files are not in walking order: '{path}' comes after '{_last}'");
        }
    }

    private sealed record Level(string Path)
    {
        public int NameStart => Path.Length + 1;

        public List<KeyValuePair<string, object>> Entries { get; } = [];

        public bool IsAbove(string path) =>
            path.Length > Path.Length && path[Path.Length] == '/' && path.StartsWith(Path, StringComparison.Ordinal);

        public NameMap? Build() => NameMap.Build(CollectionsMarshal.AsSpan(Entries), NameStart);
    }
}
