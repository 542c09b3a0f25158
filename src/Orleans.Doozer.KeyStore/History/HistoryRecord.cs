using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// One kept revision: the change that made it, and now and then the whole state after it. A value, as there are a hundred thousand of
/// these; the state is kept at few of them: the tree nodes of the others are garbage as soon as the next write has replaced them.
/// </summary>
/// <param name="Kind">What happened.</param>
/// <param name="Path">To which file.</param>
/// <param name="File">The file after it; none when it is gone, or was never there.</param>
/// <param name="Previous">The file before it; none when there was none.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Position">The last slot that left this state.</param>
/// <param name="Whole">The state after it, when it is kept.</param>
internal readonly record struct HistoryRecord(
    DoozerEventKind Kind, string Path, StoredFile File, StoredFile Previous, Revision Revision, Slot Position, StoreView? Whole = null)
{
    public DoozerEvent Event => new(Kind, Path, File.Value, Revision, Previous.At(Path));

    /// <summary>The record of a state whose change is not known.</summary>
    public static HistoryRecord Start(StoreView view) =>
        new(DoozerEventKind.Nop, DoozerPath.Root, default, default, view.Revision, view.Position, view);

    /// <summary>The state after this revision from the one before it: how it is made, and how it is made again.</summary>
    /// <param name="before">The state before.</param>
    /// <param name="edit">What this is published with (<see cref="NameMap"/>); 0 when <paramref name="before"/> may be known to others.</param>
    public StoreView ApplyTo(StoreView before, uint edit = 0) => Replace(before, Previous, File, Revision, edit);

    /// <summary>The state before this revision from the one after it, but for the slot that it was in.</summary>
    public StoreView UndoIn(StoreView after) => Replace(after, File, Previous, new(Revision.Value - 1), edit: 0);

    private StoreView Replace(StoreView view, StoredFile old, StoredFile file, Revision revision, uint edit)
    {
        var root = file.Exists ? FileTree.Put(view.Root, Path, file, edit)
            : old.Exists ? FileTree.Remove(view.Root, Path, edit)
            : view.Root;
        var files = view.FileCount + (file.Exists ? 1 : 0) - (old.Exists ? 1 : 0);
        return new StoreView(root, revision, Position, files, view.SizeBytes + Size(file) - Size(old));
    }

    private long Size(StoredFile file) => file.Exists ? Path.Length + file.Length : 0;
}
