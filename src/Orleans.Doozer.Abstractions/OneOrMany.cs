using System.Diagnostics.CodeAnalysis;

namespace Orleans.Doozer;

/// <summary>A set that is nearly always of one: it needs an object of its own only from the second on. A hundred thousand watched
/// files have a hundred thousand of these, and each collection of old garbage would visit all the sets.</summary>
[SuppressMessage("Design", "CA1815", Justification = "It is a place, never compared.")]
internal struct OneOrMany<T>
    where T : notnull
{
    private T? _one;
    private HashSet<T>? _many;
    private bool _hasOne;

    public readonly bool IsEmpty => !_hasOne && _many is not { Count: > 0 };

    public bool Add(T value)
    {
        if (_many is not null)
        {
            return _many.Add(value);
        }

        if (!_hasOne)
        {
            (_one, _hasOne) = (value, true);
            return true;
        }

        if (IsTheOne(value))
        {
            return false;
        }

        _many = [_one!, value];
        (_one, _hasOne) = (default, false);
        return true;
    }

    public bool Remove(T value)
    {
        if (_many is not null)
        {
            return _many.Remove(value);
        }

        if (!IsTheOne(value))
        {
            return false;
        }

        (_one, _hasOne) = (default, false);
        return true;
    }

    public readonly bool Contains(T value) => _many?.Contains(value) ?? IsTheOne(value);

    public readonly void AddTo(ICollection<T> found)
    {
        if (_hasOne)
        {
            found.Add(_one!);
        }

        if (_many is not null)
        {
            foreach (var value in _many)
            {
                found.Add(value);
            }
        }
    }

    private readonly bool IsTheOne(T value) => _hasOne && EqualityComparer<T>.Default.Equals(_one, value);
}
