namespace Orleans.Doozer.KeyStore;

/// <summary>Goes through a <see cref="NameMap"/> in order from a given name on; a step costs O(1) on average.</summary>
internal sealed class NameCursor
{
    private readonly Stack<NameMap> _ahead = new();

    /// <summary>Stands before the first name that is not before <paramref name="from"/>.</summary>
    public NameCursor(NameMap? map, ReadOnlySpan<char> from = default)
    {
        while (map is not null)
        {
            if (from.SequenceCompareTo(map.Name) <= 0)
            {
                _ahead.Push(map);
                map = map.Left;
            }
            else
            {
                map = map.Right;
            }
        }
    }

    /// <summary>The entry that the last <see cref="TryNext"/> went to.</summary>
    public bool TryNext(out string name, out object item)
    {
        if (!_ahead.TryPop(out var node))
        {
            (name, item) = ("", "");
            return false;
        }

        for (var next = node.Right; next is not null; next = next.Left)
        {
            _ahead.Push(next);
        }

        (name, item) = (node.Name, node.Item);
        return true;
    }
}
