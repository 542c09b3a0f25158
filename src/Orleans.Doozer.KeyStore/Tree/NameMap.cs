namespace Orleans.Doozer.KeyStore;

/// <summary>
/// The entries of one directory: a sorted map by ordinal name that never changes once it is published; a change copies the path to it and
/// shares the rest. A B+ tree: the entries are in the leaves, above them each node has its children and for each of them, but the first, a name that
/// is not after any of its names and after all of the child's before it. A million names are five nodes deep, so a lookup
/// waits for memory a few times, and a garbage collection marks one node for twenty entries.
/// </summary>
/// <remarks>An object is a node and the subtree below it. Null is the empty map. Changes that are published together have an
/// <em>edit</em> in common, a number that no other change ever had: a node that was made in it is known to nobody yet, and its items are
/// replaced in place. Edit 0 copies always. Arrays are as long as what is in them; an array of keys is never changed, and shared by
/// all nodes that differ in their items only.</remarks>
internal sealed partial class NameMap
{
    /// <summary>The entries or children of a node, at most; of all but the top one at least a quarter of this.</summary>
    public const int NodeLimit = 32;

    private const int NodeLeast = NodeLimit / 4;

    private readonly uint _edit;
    private readonly int _nameStart;
    private readonly NameKey[] _keys;
    private readonly object[] _items;

    private NameMap(NameKey[] keys, object[] items, int height, int nameStart, int count, uint edit)
    {
        _edit = edit;
        _nameStart = nameStart;
        _keys = keys;
        _items = items;
        Height = height;
        Count = count;
    }

    /// <summary>The names in this subtree.</summary>
    public int Count { get; private set; }

    /// <summary>How many levels of nodes are below this one; 0 for a leaf.</summary>
    public int Height { get; }

    /// <summary>The entries or children of this node alone.</summary>
    public int Width => _keys.Length;

    /// <summary>What <paramref name="name"/> stands for; null when it is not here.</summary>
    public static object? Find(NameMap? map, ReadOnlySpan<char> name) => Find(map, name, out _);

    /// <summary>What <paramref name="name"/> stands for, and the text that is kept as its key; null when it is not here.</summary>
    public static object? Find(NameMap? map, ReadOnlySpan<char> name, out string? key)
    {
        key = null;
        if (map is null)
        {
            return null;
        }

        var head = new NameHead(name);
        while (map.Height > 0)
        {
            map = map.Child(map.FindChild(name, head));
        }

        var index = map.Search(name, head);
        if (index < 0)
        {
            return null;
        }

        key = map._keys[index].Path;
        return map._items[index];
    }

    /// <summary>The n-th name in order, from 0; false when there are not so many.</summary>
    public static bool TryGetName(NameMap? map, int index, out string name)
    {
        name = "";
        if (map is null || index < 0 || index >= map.Count)
        {
            return false;
        }

        while (map.Height > 0)
        {
            var child = 0;
            for (; index >= map.Child(child).Count; child++)
            {
                index -= map.Child(child).Count;
            }

            map = map.Child(child);
        }

        name = map.NameAt(index).ToString();
        return true;
    }

    /// <summary>Adds or replaces an entry.</summary>
    /// <param name="map">The map before.</param>
    /// <param name="path">A path that goes through the entry, or ends there: then its text is kept as the key of a new entry, so the key of a
    /// file is its path.</param>
    /// <param name="start">Where the name begins in it: in one map always at the same place.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="item">A file (<see cref="StoredFile.Item"/>) or a directory (<see cref="NameMap"/>, which is why no directory is
    /// empty).</param>
    /// <param name="edit">What this is published with.</param>
    public static NameMap Put(NameMap? map, string path, int start, int end, object item, uint edit)
    {
        if (map is null)
        {
            return new([KeyOf(path, start, end)], [item], height: 0, start, count: 1, edit);
        }

        var left = map.PutBelow(path, end, new(path.AsSpan(start..end)), item, edit, out var right);
        return right is null ? left : Create([left.FirstKey, right.FirstKey], [left, right], left.Height + 1, start, edit);
    }

    /// <summary>Removes an entry that is here.</summary>
    public static NameMap? Remove(NameMap? map, ReadOnlySpan<char> name, uint edit)
    {
        var rest = map?.RemoveBelow(name, new(name), edit);
        while (rest is { Height: > 0, Width: 1 })
        {
            rest = rest.Child(0);
        }

        return rest;
    }

    /// <summary>An entry's or child's name. A child's, but the first's, is the bound below which it has none.</summary>
    internal ReadOnlySpan<char> NameAt(int index) => KeyAt(index).AsSpan(_nameStart);

    /// <summary>The text that ends with it; an entry's, whose item is a file, is the file's path.</summary>
    internal string KeyAt(int index) => _keys[index].Path;

    /// <summary>An entry's file or directory, a child of a node that is no leaf.</summary>
    internal object ItemAt(int index) => _items[index];

    internal NameMap Child(int index) => (NameMap)_items[index];

    /// <summary>The child that has a name if any has.</summary>
    internal int FindChild(ReadOnlySpan<char> name, in NameHead head)
    {
        // The first child has all that is before the second: its own bound is as old as the node, and smaller names came since.
        var index = Search(name, head, first: 1);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>Where a name is among the keys, or the complement of where it would be.</summary>
    internal int Search(ReadOnlySpan<char> name, in NameHead head, int first = 0)
    {
        var (low, high) = (first, _keys.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _keys[middle].CompareTo(name, head, _nameStart);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        return ~low;
    }

    private static NameKey KeyOf(string path, int start, int end) => new(end == path.Length ? path : path[..end], start);
}
