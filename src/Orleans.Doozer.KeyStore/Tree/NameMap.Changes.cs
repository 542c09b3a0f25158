namespace Orleans.Doozer.KeyStore;

/// <content>Changes of a node: replacing an item, and splitting and joining so that all leaves stay equally deep.</content>
internal sealed partial class NameMap
{
    // What a node that is built from sorted entries has: room for others beside them.
    private const int NodeBuilt = NodeLimit * 3 / 4;

    /// <summary>A key that is not after any name in this subtree.</summary>
    private NameKey FirstKey
    {
        get
        {
            var node = this;
            while (node.Height > 0)
            {
                node = node.Child(0);
            }

            return node._keys[0];
        }
    }

    /// <summary>Makes a map of entries that are in order already, from below.</summary>
    /// <param name="entries">Keys, of which each has its name from <paramref name="nameStart"/> on, and their files or directories.</param>
    /// <param name="nameStart">Where the names begin.</param>
    public static NameMap? Build(ReadOnlySpan<KeyValuePair<string, object>> entries, int nameStart)
    {
        if (entries.IsEmpty)
        {
            return null;
        }

        var keys = new NameKey[entries.Length];
        var items = new object[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            (keys[i], items[i]) = (new(entries[i].Key, nameStart), entries[i].Value);
        }

        for (var height = 0; ; height++)
        {
            var nodes = new NameMap[(keys.Length + NodeBuilt - 1) / NodeBuilt];
            for (var i = 0; i < nodes.Length; i++)
            {
                var (start, end) = ((int)((long)keys.Length * i / nodes.Length), (int)((long)keys.Length * (i + 1) / nodes.Length));
                nodes[i] = Create(keys[start..end], items[start..end], height, nameStart, edit: 0);
            }

            if (nodes.Length == 1)
            {
                return nodes[0];
            }

            keys = Array.ConvertAll(nodes, static node => node.FirstKey);
            items = Array.ConvertAll(nodes, static object (node) => node);
        }
    }

    private static NameMap Create(NameKey[] keys, object[] items, int height, int nameStart, uint edit)
    {
        var count = height == 0 ? keys.Length : 0;
        for (var i = 0; height > 0 && i < items.Length; i++)
        {
            count += ((NameMap)items[i]).Count;
        }

        return new(keys, items, height, nameStart, count, edit);
    }

    private NameMap PutBelow(string path, int end, in NameHead head, object item, uint edit, out NameMap? right)
    {
        right = null;
        var name = path.AsSpan(_nameStart, end - _nameStart);
        if (Height == 0)
        {
            var found = Search(name, head);
            return found >= 0 ? With(found, item, 0, edit) : Insert(~found, KeyOf(path, _nameStart, end), item, edit, out right);
        }

        var index = FindChild(name, head);
        var child = Child(index);
        var before = child.Count;
        var changed = child.PutBelow(path, end, head, item, edit, out var added);
        var node = With(index, changed, changed.Count - before, edit);
        return added is null ? node : node.Insert(index + 1, added.FirstKey, added, edit, out right);
    }

    /// <summary>What is left of this subtree; null when nothing is.</summary>
    private NameMap? RemoveBelow(ReadOnlySpan<char> name, in NameHead head, uint edit)
    {
        if (Height == 0)
        {
            var found = Search(name, head);
            return found < 0 ? this : Without(found, edit);
        }

        var index = FindChild(name, head);
        var child = Child(index);
        var before = child.Count;
        var changed = child.RemoveBelow(name, head, edit);
        if (changed is null)
        {
            return Without(index, edit);
        }

        var node = With(index, changed, changed.Count - before, edit);
        return changed.Width < NodeLeast && Width > 1 ? node.Join(Math.Max(0, index - 1), edit) : node;
    }

    /// <summary>This node with another item in a place, which has so many names more than the one before.</summary>
    private NameMap With(int index, object item, int more, uint edit)
    {
        if (edit != 0 && _edit == edit)
        {
            _items[index] = item;
            Count += more;
            return this;
        }

        var items = _items.AsSpan().ToArray();
        items[index] = item;
        return new(_keys, items, Height, _nameStart, Count + more, edit);
    }

    /// <summary>This node with one more entry or child; in two halves when there is no room.</summary>
    private NameMap Insert(int index, in NameKey key, object item, uint edit, out NameMap? right)
    {
        NameKey[] keys = [.. _keys.AsSpan(0, index), key, .. _keys.AsSpan(index)];
        object[] items = [.. _items.AsSpan(0, index), item, .. _items.AsSpan(index)];
        return Split(keys, items, edit, out right);
    }

    private NameMap? Without(int index, uint edit) => Width == 1
        ? null
        : Create(
            [.. _keys.AsSpan(0, index), .. _keys.AsSpan(index + 1)],
            [.. _items.AsSpan(0, index), .. _items.AsSpan(index + 1)],
            Height,
            _nameStart,
            edit);

    /// <summary>This node with a child and the one after it as one; as two of equal width when that would be too wide.</summary>
    private NameMap Join(int index, uint edit)
    {
        var (left, right) = (Child(index), Child(index + 1));
        NameKey[] keys = [.. left._keys, .. right._keys];
        object[] items = [.. left._items, .. right._items];

        // In its node the first bound did not matter; between others it must hold.
        keys[left.Width] = right.FirstKey;
        var joined = left.Split(keys, items, edit, out var rest);
        var node = With(index, joined, joined.Count - left.Count, edit);
        return rest is null
            ? node.Without(index + 1, edit)!
            : new(
                [.. node._keys.AsSpan(0, index + 1), rest.FirstKey, .. node._keys.AsSpan(index + 2)],
                [.. node._items.AsSpan(0, index + 1), rest, .. node._items.AsSpan(index + 2)],
                Height,
                _nameStart,
                node.Count - right.Count + rest.Count,
                edit);
    }

    /// <summary>A node beside this one, or two, of so many keys and items.</summary>
    private NameMap Split(NameKey[] keys, object[] items, uint edit, out NameMap? right)
    {
        var half = keys.Length > NodeLimit ? (keys.Length + 1) / 2 : keys.Length;
        right = half < keys.Length ? Create(keys[half..], items[half..], Height, _nameStart, edit) : null;
        return right is null
            ? Create(keys, items, Height, _nameStart, edit)
            : Create(keys[..half], items[..half], Height, _nameStart, edit);
    }
}
