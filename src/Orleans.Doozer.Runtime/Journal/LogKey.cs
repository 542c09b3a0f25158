using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>
/// The key of a log row: the number of its store above, its slot below. One number is SQLite's own row id, so that the rows need no index beside them
/// and a store's next one is found at the end of its own.
/// </summary>
internal static class LogKey
{
    // The view in the schema has these numbers too. A thousand slots a millisecond fill them in half a year, ten in a millisecond in fifty.
    private const int SlotBits = 44;
    private const int StoreLimit = 1 << (63 - SlotBits);

    /// <summary>The last slot that has a key.</summary>
    public static Slot LastSlot => new((1L << SlotBits) - 1);

    /// <summary>The key of a slot of the store with this number.</summary>
    public static long Of(int store, Slot slot)
    {
        Invariant.Require(store is >= 0 and < StoreLimit && slot >= Slot.Zero && slot <= LastSlot, "a log row's key has room for its store and slot");
        return ((long)store << SlotBits) | slot.Value;
    }

    /// <summary>The number of the store.</summary>
    public static int StoreOf(long key) => (int)(key >> SlotBits);

    /// <summary>The slot.</summary>
    public static Slot SlotOf(long key) => new(key & LastSlot.Value);
}
