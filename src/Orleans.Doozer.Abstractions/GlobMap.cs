using System.Runtime.InteropServices;

namespace Orleans.Doozer;

/// <summary>
/// Things that stand under globs, found by a path. A glob stands at the deepest directory that holds all it can match, so a lookup costs
/// the depth of the path and the patterns with wildcards on the way, however many literal ones there are. Not safe for concurrent use.
/// </summary>
/// <typeparam name="T">What stands there; each once under a glob.</typeparam>
public sealed class GlobMap<T>
    where T : notnull
{
    private readonly Dictionary<string, HashSet<T>> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, Pattern>> _directories = new(StringComparer.Ordinal);
    private readonly List<HashSet<T>> _matches = [];

    /// <summary>All of them; one that stands under several globs as often.</summary>
    public IEnumerable<T> Values => _files.Values.SelectMany(values => values)
        .Concat(_directories.Values.SelectMany(patterns => patterns.Values).SelectMany(pattern => pattern.Values));

    /// <summary>Puts it under a glob; false when it stands there already.</summary>
    public bool Add(Glob glob, T value)
    {
        ArgumentNullException.ThrowIfNull(glob);
        if (glob.IsLiteral)
        {
            return (CollectionsMarshal.GetValueRefOrAddDefault(_files, glob.Pattern, out _) ??= []).Add(value);
        }

        var patterns = CollectionsMarshal.GetValueRefOrAddDefault(_directories, glob.LiteralDirectory, out _) ??= new(StringComparer.Ordinal);
        return (CollectionsMarshal.GetValueRefOrAddDefault(patterns, glob.Pattern, out _) ??= new(glob)).Values.Add(value);
    }

    /// <summary>Takes it away; false when it does not stand there.</summary>
    public bool Remove(Glob glob, T value)
    {
        ArgumentNullException.ThrowIfNull(glob);
        if (glob.IsLiteral)
        {
            return _files.TryGetValue(glob.Pattern, out var values) && Remove(_files, glob.Pattern, values, value);
        }

        if (!_directories.TryGetValue(glob.LiteralDirectory, out var patterns)
            || !patterns.TryGetValue(glob.Pattern, out var pattern)
            || !pattern.Values.Remove(value))
        {
            return false;
        }

        if (pattern.Values.Count == 0 && patterns.Remove(glob.Pattern) && patterns.Count == 0)
        {
            _directories.Remove(glob.LiteralDirectory);
        }

        return true;
    }

    /// <summary>Adds to <paramref name="found"/> all under the globs that match; one that stands under several of these as often.</summary>
    public void Find(string path, ICollection<T> found)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(found);
        foreach (var values in Matches(path))
        {
            foreach (var value in values)
            {
                found.Add(value);
            }
        }
    }

    /// <summary>Whether it stands under a glob that matches.</summary>
    public bool Contains(string path, T value)
    {
        ArgumentNullException.ThrowIfNull(path);
        foreach (var values in Matches(path))
        {
            if (values.Contains(value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Remove(Dictionary<string, HashSet<T>> files, string path, HashSet<T> values, T value)
    {
        var removed = values.Remove(value);
        if (values.Count == 0)
        {
            files.Remove(path);
        }

        return removed;
    }

    /// <summary>What the last call returned is overwritten.</summary>
    private List<HashSet<T>> Matches(string path)
    {
        _matches.Clear();
        if (_files.TryGetValue(path, out var literal))
        {
            _matches.Add(literal);
        }

        // The path itself is looked up too: a Nop's path is the root, where the widest globs stand.
        for (var directory = path; _directories.Count > 0; directory = DoozerPath.Parent(directory))
        {
            if (_directories.TryGetValue(directory, out var patterns))
            {
                foreach (var pattern in patterns.Values)
                {
                    if (pattern.Glob.IsMatch(path))
                    {
                        _matches.Add(pattern.Values);
                    }
                }
            }

            if (directory.Length == 1)
            {
                break;
            }
        }

        return _matches;
    }

    private sealed class Pattern(Glob glob)
    {
        public Glob Glob => glob;

        public HashSet<T> Values { get; } = [];
    }
}
