using System.Runtime.CompilerServices;
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
    private readonly Dictionary<string, OneOrMany<T>> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, Pattern>> _directories = new(StringComparer.Ordinal);
    private readonly List<Pattern> _matches = [];

    /// <summary>All of them; one that stands under several globs as often.</summary>
    public IReadOnlyList<T> Values
    {
        get
        {
            var all = new List<T>();
            foreach (var values in _files.Values)
            {
                values.AddTo(all);
            }

            foreach (var pattern in _directories.Values.SelectMany(patterns => patterns.Values))
            {
                pattern.Values.AddTo(all);
            }

            return all;
        }
    }

    /// <summary>Puts it under a glob; false when it stands there already.</summary>
    public bool Add(Glob glob, T value)
    {
        ArgumentNullException.ThrowIfNull(glob);
        if (glob.IsLiteral)
        {
            return CollectionsMarshal.GetValueRefOrAddDefault(_files, glob.Pattern, out _).Add(value);
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
            return RemoveFile(glob.Pattern, value);
        }

        var directory = glob.LiteralDirectory;
        if (!_directories.TryGetValue(directory, out var patterns)
            || !patterns.TryGetValue(glob.Pattern, out var pattern)
            || !pattern.Values.Remove(value))
        {
            return false;
        }

        if (pattern.Values.IsEmpty && patterns.Remove(glob.Pattern) && patterns.Count == 0)
        {
            _directories.Remove(directory);
        }

        return true;
    }

    /// <summary>Adds to <paramref name="found"/> all under the globs that match; one that stands under several of these as often.</summary>
    public void Find(string path, ICollection<T> found)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(found);
        if (_files.TryGetValue(path, out var literal))
        {
            literal.AddTo(found);
        }

        foreach (var pattern in Matches(path))
        {
            pattern.Values.AddTo(found);
        }
    }

    /// <summary>Whether it stands under a glob that matches.</summary>
    public bool Contains(string path, T value)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (_files.TryGetValue(path, out var literal) && literal.Contains(value))
        {
            return true;
        }

        foreach (var pattern in Matches(path))
        {
            if (pattern.Values.Contains(value))
            {
                return true;
            }
        }

        return false;
    }

    private bool RemoveFile(string path, T value)
    {
        ref var values = ref CollectionsMarshal.GetValueRefOrNullRef(_files, path);
        if (Unsafe.IsNullRef(ref values) || !values.Remove(value))
        {
            return false;
        }

        if (values.IsEmpty)
        {
            _files.Remove(path);
        }

        return true;
    }

    /// <summary>The patterns with wildcards that match. What the last call returned is overwritten.</summary>
    private List<Pattern> Matches(string path)
    {
        _matches.Clear();

        // The path itself is looked up too: a Nop's path is the root, where the widest globs stand.
        for (var directory = path; _directories.Count > 0; directory = DoozerPath.Parent(directory))
        {
            if (_directories.TryGetValue(directory, out var patterns))
            {
                foreach (var pattern in patterns.Values)
                {
                    if (pattern.Glob.IsMatch(path))
                    {
                        _matches.Add(pattern);
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
        private OneOrMany<T> _values;

        public Glob Glob => glob;

        public ref OneOrMany<T> Values => ref _values;
    }
}
