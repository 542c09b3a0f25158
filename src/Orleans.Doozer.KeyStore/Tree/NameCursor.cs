namespace Orleans.Doozer.KeyStore;

/// <summary>Goes through a <see cref="NameMap"/> in order from a given name on; a step costs O(1) on average.</summary>
internal sealed class NameCursor
{
    // From the top to a leaf: each node, and the place in it that comes next.
    private readonly Stack<(NameMap Node, int Next)> _path = new();

    /// <summary>Stands before the first name that is not before <paramref name="from"/>.</summary>
    public NameCursor(NameMap? map, ReadOnlySpan<char> from = default)
    {
        var head = new NameHead(from);
        while (map is { Height: > 0 })
        {
            var child = map.FindChild(from, head);
            _path.Push((map, child + 1));
            map = map.Child(child);
        }

        if (map is not null)
        {
            var index = map.Search(from, head);
            _path.Push((map, index < 0 ? ~index : index));
        }
    }

    /// <summary>Goes to the next entry.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="key">The text that ends with the name: a file's path.</param>
    /// <param name="item">The file or directory.</param>
    public bool TryNext(out ReadOnlySpan<char> name, out string key, out object item)
    {
        while (_path.TryPop(out var at))
        {
            if (at.Next == at.Node.Width)
            {
                continue;
            }

            _path.Push((at.Node, at.Next + 1));
            if (at.Node.Height == 0)
            {
                name = at.Node.NameAt(at.Next);
                key = at.Node.KeyAt(at.Next);
                item = at.Node.ItemAt(at.Next);
                return true;
            }

            _path.Push((at.Node.Child(at.Next), 0));
        }

        name = default;
        key = "";
        item = "";
        return false;
    }
}
