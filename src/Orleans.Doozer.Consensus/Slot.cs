namespace Orleans.Doozer.Consensus;

/// <summary>A position in the log; the first is 1, 0 is before the first. It holds one batch of commands. Not a revision: a slot may
/// hold none, one or many changes.</summary>
/// <param name="Value">The position, 0 or more.</param>
[GenerateSerializer, Immutable, Alias("doozer.Slot")]
public readonly record struct Slot([property: Id(0)] long Value) : IComparable<Slot>
{
    /// <summary>Before the first slot.</summary>
    public static Slot Zero => default;

    /// <summary>The slot after this one.</summary>
    public Slot Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(Slot other) => Value.CompareTo(other.Value);

    /// <summary>The slot <paramref name="count"/> further on.</summary>
    public static Slot operator +(Slot slot, long count) => new(slot.Value + count);

    /// <summary>How many slots lie between two.</summary>
    public static long operator -(Slot left, Slot right) => left.Value - right.Value;

    /// <summary>Earlier.</summary>
    public static bool operator <(Slot left, Slot right) => left.Value < right.Value;

    /// <summary>Later.</summary>
    public static bool operator >(Slot left, Slot right) => left.Value > right.Value;

    /// <summary>Not later.</summary>
    public static bool operator <=(Slot left, Slot right) => left.Value <= right.Value;

    /// <summary>Not earlier.</summary>
    public static bool operator >=(Slot left, Slot right) => left.Value >= right.Value;

    /// <summary>The earlier of two.</summary>
    public static Slot Min(Slot left, Slot right) => left <= right ? left : right;

    /// <summary>The later of two.</summary>
    public static Slot Max(Slot left, Slot right) => left >= right ? left : right;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
