namespace Orleans.Doozer;

/// <summary>
/// Counts the changes to a store: the first change is revision 1, each successful change gets the next number, a failed one gets
/// none. As the revision of a file it names the change that last wrote it. Three values are not counts: <see cref="Missing"/>,
/// <see cref="Clobber"/> and <see cref="Directory"/> (Doozer, store/store.go).
/// </summary>
/// <param name="Value">The number; 0 or more for a revision, negative for the special values.</param>
[GenerateSerializer, Immutable, Alias("doozer.Revision")]
public readonly record struct Revision([property: Id(0)] long Value) : IComparable<Revision>
{
    /// <summary>The revision of a file that does not exist. As an expectation: "only if it does not exist".</summary>
    public static Revision Missing => new(0);

    /// <summary>As an expectation: whatever the file's revision is, or whether it exists at all.</summary>
    public static Revision Clobber => new(-1);

    /// <summary>The revision that a directory reports, whatever changed below it.</summary>
    public static Revision Directory => new(-2);

    /// <summary>The revision after this one.</summary>
    public Revision Next => new(Value + 1);

    /// <summary>The later of two.</summary>
    public static Revision Max(Revision left, Revision right) => left > right ? left : right;

    /// <summary>Whether this is the revision of a file that exists.</summary>
    public bool IsFile => Value > 0;

    /// <inheritdoc/>
    public int CompareTo(Revision other) => Value.CompareTo(other.Value);

    /// <summary>Whether <paramref name="left"/> is older than <paramref name="right"/>.</summary>
    public static bool operator <(Revision left, Revision right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is newer than <paramref name="right"/>.</summary>
    public static bool operator >(Revision left, Revision right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not newer than <paramref name="right"/>.</summary>
    public static bool operator <=(Revision left, Revision right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not older than <paramref name="right"/>.</summary>
    public static bool operator >=(Revision left, Revision right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
