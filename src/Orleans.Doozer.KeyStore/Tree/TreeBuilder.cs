using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>Builds a tree from files in walking order, in linear time: each directory is made once, when the walk leaves
/// it.</summary>
internal sealed class TreeBuilder
{
    private readonly List<Level> _open = [new("")];
    private string _last = "";

    /// <summary>Files so far.</summary>
    public long FileCount { get; private set; }

    /// <summary>Bytes of their paths and values.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Adds the next file.</summary>
    /// <exception cref="InvariantViolationException">It does not come after the last one, or lies below a file.</exception>
    public void Add(StoredFile file)
    {
        var names = file.Path[1..].Split('/');
        var shared = 0;
        while (shared < names.Length - 1 && shared + 1 < _open.Count && names[shared] == _open[shared + 1].Name)
        {
            shared++;
        }

        Close(shared + 1);
        for (var depth = shared; depth < names.Length - 1; depth++)
        {
            RequireOrder(names[depth], file.Path);
            _open.Add(new(names[depth]));
        }

        RequireOrder(names[^1], file.Path);
        _open[^1].Entries.Add(new(names[^1], file));
        _last = file.Path;
        FileCount++;
        SizeBytes += file.Path.Length + file.Length;
    }

    /// <summary>The tree of all files that were added.</summary>
    public NameMap? Build()
    {
        Close(1);
        return NameMap.Build(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_open[0].Entries));
    }

    private void Close(int depth)
    {
        while (_open.Count > depth)
        {
            var level = _open[^1];
            _open.RemoveAt(_open.Count - 1);
            var directory = NameMap.Build(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(level.Entries));
            _open[^1].Entries.Add(new(level.Name, directory!));
        }
    }

    private void RequireOrder(string name, string path)
    {
        var entries = _open[^1].Entries;
        if (entries.Count > 0 && string.CompareOrdinal(entries[^1].Key, name) >= 0)
        {
            throw new InvariantViolationException($"the files are not in walking order: '{path}' comes after '{_last}'");
        }
    }

    private sealed record Level(string Name)
    {
        public List<KeyValuePair<string, object>> Entries { get; } = [];
    }
}
