namespace Orleans.Doozer.KeyStore;

/// <summary>
/// The entries of one directory: a sorted map by ordinal name that never changes once it is published; a change copies the path to it and
/// shares the rest. A weight-balanced tree: the count that balances it also answers "the n-th name", and a changed path is copied in nodes
/// of 56 bytes, so a change in a directory of a million names copies about a kilobyte, less than the wide nodes of a B-tree
/// would.
/// </summary>
/// <remarks>An object is a node and the subtree below it. Null is the empty map. Depth stays below 2.5 log2(count). Changes that are published
/// together have an <em>edit</em> in common, a number that no other change ever had: a node that was made in it is known to nobody yet, and is
/// changed in place. Edit 0 copies always.</remarks>
internal sealed class NameMap
{
    // The pair of parameters for which single and double rotations restore the balance after one insert or delete
    // (Hirai and Yamamoto, "Balancing weight-balanced trees", 2011).
    private const int Delta = 3;
    private const int Gamma = 2;

    private readonly uint _edit;

    private NameMap(string name, object item, NameMap? left, NameMap? right, uint edit)
    {
        _edit = edit;
        Name = name;
        Item = item;
        Left = left;
        Right = right;
        Count = CountOf(left) + CountOf(right) + 1;
    }

    /// <summary>The name of the entry in this node.</summary>
    public string Name { get; }

    /// <summary>A file (<see cref="StoredFile"/>) or a directory (<see cref="NameMap"/>, which is why no directory is
    /// empty).</summary>
    public object Item { get; private set; }

    /// <summary>The names before this one.</summary>
    public NameMap? Left { get; private set; }

    /// <summary>The names after this one.</summary>
    public NameMap? Right { get; private set; }

    /// <summary>The names in this subtree.</summary>
    public int Count { get; private set; }

    public static int CountOf(NameMap? map) => map is null ? 0 : map.Count;

    /// <summary>What <paramref name="name"/> stands for; null when it is not here.</summary>
    public static object? Find(NameMap? map, ReadOnlySpan<char> name)
    {
        while (map is not null)
        {
            var order = name.SequenceCompareTo(map.Name);
            if (order == 0)
            {
                return map.Item;
            }

            map = order < 0 ? map.Left : map.Right;
        }

        return null;
    }

    /// <summary>The n-th entry in order, from 0; null when there are not so many.</summary>
    public static NameMap? At(NameMap? map, int index)
    {
        while (map is not null)
        {
            var left = CountOf(map.Left);
            if (index == left)
            {
                return map;
            }

            var goLeft = index < left;
            index -= goLeft ? 0 : left + 1;
            map = goLeft ? map.Left : map.Right;
        }

        return null;
    }

    /// <summary>Adds or replaces an entry. The text of a name that is already here is used again.</summary>
    public static NameMap Put(NameMap? map, ReadOnlySpan<char> name, object item, uint edit)
    {
        if (map is null)
        {
            return new NameMap(name.ToString(), item, null, null, edit);
        }

        var order = name.SequenceCompareTo(map.Name);
        return order switch
        {
            0 => With(map, item, map.Left, map.Right, edit),
            < 0 => Balance(map, Put(map.Left, name, item, edit), map.Right, edit),
            _ => Balance(map, map.Left, Put(map.Right, name, item, edit), edit),
        };
    }

    /// <summary>Removes an entry that is here.</summary>
    public static NameMap? Remove(NameMap? map, ReadOnlySpan<char> name, uint edit)
    {
        if (map is null)
        {
            return null;
        }

        var order = name.SequenceCompareTo(map.Name);
        return order switch
        {
            0 => Join(map.Left, map.Right, edit),
            < 0 => Balance(map, Remove(map.Left, name, edit), map.Right, edit),
            _ => Balance(map, map.Left, Remove(map.Right, name, edit), edit),
        };
    }

    /// <summary>Makes a map of entries that are in order already, without a rotation.</summary>
    public static NameMap? Build(ReadOnlySpan<KeyValuePair<string, object>> entries)
    {
        if (entries.IsEmpty)
        {
            return null;
        }

        var middle = entries.Length / 2;
        return new NameMap(
            entries[middle].Key, entries[middle].Value, Build(entries[..middle]), Build(entries[(middle + 1)..]), edit: 0);
    }

    private static NameMap? Join(NameMap? left, NameMap? right, uint edit)
    {
        if (left is null || right is null)
        {
            return left ?? right;
        }

        if (left.Count > right.Count)
        {
            var last = At(left, left.Count - 1)!;
            return Balance(last, Remove(left, last.Name, edit), right, edit);
        }

        var first = At(right, 0)!;
        return Balance(first, left, Remove(right, first.Name, edit), edit);
    }

    private static NameMap Balance(NameMap node, NameMap? left, NameMap? right, uint edit)
    {
        var leftCount = CountOf(left);
        var rightCount = CountOf(right);
        if (leftCount + rightCount > 1)
        {
            if (rightCount > Delta * leftCount)
            {
                return RotateLeft(node, left, right!, edit);
            }

            if (leftCount > Delta * rightCount)
            {
                return RotateRight(node, left!, right, edit);
            }
        }

        return With(node, node.Item, left, right, edit);
    }

    private static NameMap RotateLeft(NameMap node, NameMap? left, NameMap right, uint edit)
    {
        // Each node is read before it is changed in place: below comes before above.
        if (right.Left is not { } inner || inner.Count < Gamma * CountOf(right.Right))
        {
            var lower = With(node, node.Item, left, right.Left, edit);
            return With(right, right.Item, lower, right.Right, edit);
        }

        var before = With(node, node.Item, left, inner.Left, edit);
        var after = With(right, right.Item, inner.Right, right.Right, edit);
        return With(inner, inner.Item, before, after, edit);
    }

    private static NameMap RotateRight(NameMap node, NameMap left, NameMap? right, uint edit)
    {
        if (left.Right is not { } inner || inner.Count < Gamma * CountOf(left.Left))
        {
            var lower = With(node, node.Item, left.Right, right, edit);
            return With(left, left.Item, left.Left, lower, edit);
        }

        var before = With(left, left.Item, left.Left, inner.Left, edit);
        var after = With(node, node.Item, inner.Right, right, edit);
        return With(inner, inner.Item, before, after, edit);
    }

    private static NameMap With(NameMap node, object item, NameMap? left, NameMap? right, uint edit)
    {
        if (edit == 0 || node._edit != edit)
        {
            return new(node.Name, item, left, right, edit);
        }

        node.Item = item;
        node.Left = left;
        node.Right = right;
        node.Count = CountOf(left) + CountOf(right) + 1;
        return node;
    }
}
