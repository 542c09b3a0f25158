using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// One kept revision: the change that made it, and now and then the whole state after it. There are a hundred thousand of these, each
/// seen by every garbage collection, so it is one object and the state is kept at few of them: the tree nodes of the others are garbage
/// as soon as the next write has replaced them.
/// </summary>
/// <param name="kind">What happened.</param>
/// <param name="path">To which file.</param>
/// <param name="file">The file after it; null when it is gone, or was never there.</param>
/// <param name="previous">The file before it; null when there was none.</param>
/// <param name="revision">The revision.</param>
/// <param name="position">The last slot that left this state.</param>
/// <param name="whole">The state after it, when it is kept.</param>
internal sealed class HistoryRecord(
    DoozerEventKind kind, string path, DoozerEntry? file, DoozerEntry? previous, Revision revision, Slot position, StoreView? whole = null)
{
    public Revision Revision => revision;

    public Slot Position => position;

    public StoreView? Whole => whole;

    public DoozerEvent Event => new(kind, path, file?.Value ?? default, revision, previous);

    /// <summary>The record of a state whose change is not known.</summary>
    public static HistoryRecord Start(StoreView view) =>
        new(DoozerEventKind.Nop, DoozerPath.Root, null, null, view.Revision, view.Position, view);

    public HistoryRecord With(Slot newPosition, StoreView? newWhole) => new(kind, path, file, previous, revision, newPosition, newWhole);

    /// <summary>The state after this revision from the one before it: how it is made, and how it is made again.</summary>
    public StoreView ApplyTo(StoreView before)
    {
        var files = before.FileCount + (file is null ? 0 : 1) - (previous is null ? 0 : 1);
        return new StoreView(Root(before.Root), revision, position, files, before.SizeBytes + Size(file) - Size(previous));
    }

    private static long Size(DoozerEntry? entry) => entry is null ? 0 : entry.Path.Length + entry.Value.Length;

    private NameMap? Root(NameMap? before) => file is not null ? FileTree.Put(before, file)
        : previous is not null ? FileTree.Remove(before, previous.Path)
        : before;
}
