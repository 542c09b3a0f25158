namespace Orleans.Doozer.Consensus;

/// <summary>
/// Where long batches live. The log keeps a batch for about a hundred thousand revisions, and the files that it wrote are pieces of it: in an
/// ordinary array the collector would copy it twice on its way to the oldest generation. In the heap for pinned objects nothing is copied.
/// </summary>
public static class BatchMemory
{
    /// <summary>What is shorter is copied sooner than it is found a place there.</summary>
    private const int LongBytes = 4096;

    /// <summary>A new batch, not cleared: the caller fills all of it.</summary>
    public static byte[] Allocate(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: length >= LongBytes);

    /// <summary>The same entry with its batch where it can stay.</summary>
    public static AcceptedEntry Settle(AcceptedEntry entry)
    {
        if (entry.Batch.Length < LongBytes || GC.GetGeneration(entry.Batch) == GC.MaxGeneration)
        {
            return entry;
        }

        var batch = Allocate(entry.Batch.Length);
        entry.Batch.CopyTo(batch, 0);
        return entry with { Batch = batch };
    }
}
