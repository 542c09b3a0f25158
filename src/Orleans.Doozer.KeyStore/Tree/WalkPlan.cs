namespace Orleans.Doozer.KeyStore;

/// <summary>
/// What a glob says about the names at each depth, so that a walk enters only directories that can hold a match, and of a large
/// directory sees only the names with the right beginning. It may let too much through, never too little: the glob itself decides
/// on each file.
/// </summary>
internal sealed class WalkPlan
{
    private readonly Glob _glob;
    private readonly List<Component> _components = [];
    private readonly bool _open;    // a "**" was met: below the last component anything may follow

    public WalkPlan(Glob glob)
    {
        _glob = glob;
        foreach (var text in glob.Pattern[1..].Split('/'))
        {
            var wildcard = text.AsSpan().IndexOfAny('*', '?');
            _open = text.Contains("**", StringComparison.Ordinal);
            var matcher = wildcard < 0 || _open ? null : Glob.Parse("/" + text);
            _components.Add(new(wildcard < 0 ? text : text[..wildcard], wildcard < 0, matcher));
            if (_open)
            {
                break;
            }
        }
    }

    /// <summary>The files below a root that match, in walking order, strictly after a path.</summary>
    public IEnumerable<DoozerEntry> Walk(NameMap? root, string? after)
    {
        var bound = after is null or "" or "/" ? [] : after[1..].Split('/');
        var levels = new Stack<Level>();
        levels.Push(Enter(root, 0, bound));
        while (levels.TryPeek(out var level))
        {
            var depth = levels.Count - 1;
            if (!level.Names.TryNext(out var name, out var path, out var item) || IsPast(depth, name))
            {
                levels.Pop();
                continue;
            }

            var onBound = level.OnBound && depth < bound.Length && name.SequenceEqual(bound[depth]);
            if (item is NameMap directory)
            {
                if (CanEnter(depth, name))
                {
                    levels.Push(Enter(directory, depth + 1, onBound ? bound : null));
                }
            }
            else if (!onBound && _glob.IsMatch(path) && StoredFile.From(item).At(path) is { } entry)
            {
                yield return entry;
            }
        }
    }

    private Level Enter(NameMap? directory, int depth, string[]? bound)
    {
        var from = depth < _components.Count ? _components[depth].Prefix : "";
        if (bound is not null && depth < bound.Length && string.CompareOrdinal(bound[depth], from) > 0)
        {
            from = bound[depth];
        }

        return new(new(directory, from), bound is not null);
    }

    private bool IsPast(int depth, ReadOnlySpan<char> name)
    {
        if (depth >= _components.Count)
        {
            return false;
        }

        var component = _components[depth];
        return component.IsLiteral
            ? !name.SequenceEqual(component.Prefix)
            : !name.StartsWith(component.Prefix);
    }

    private bool CanEnter(int depth, ReadOnlySpan<char> name)
    {
        if (depth >= _components.Count - 1)
        {
            return _open;
        }

        return _components[depth].Matcher is not { } matcher || matcher.IsMatch($"/{name}");
    }

    private readonly record struct Component(string Prefix, bool IsLiteral, Glob? Matcher);

    private readonly record struct Level(NameCursor Names, bool OnBound);
}
