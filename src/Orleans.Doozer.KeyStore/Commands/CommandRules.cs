using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore;

/// <summary>Doozer's rules for writes (its store/node.go), as a function from a view and a command to the next view.</summary>
internal static class CommandRules
{
    /// <summary>Applies a command; a refused one leaves the view as it is.</summary>
    /// <param name="view">The state before.</param>
    /// <param name="command">What to do.</param>
    /// <param name="slot">The slot of the command.</param>
    /// <param name="record">The new state and the change; null when refused.</param>
    public static DoozerErrorCode Apply(StoreView view, Command command, Slot slot, out HistoryRecord? record)
    {
        record = null;
        if (command.Kind == WriteKind.Nop)
        {
            var nop = new DoozerEvent(DoozerEventKind.Nop, DoozerPath.Root, default, view.Revision.Next, null);
            record = new(new(view.Root, nop.Revision, slot, view.FileCount, view.SizeBytes), nop);
            return DoozerErrorCode.None;
        }

        // The length is a constant here, whatever a node's configuration says: all nodes must come to the same result.
        if (!DoozerPath.IsValid(command.Path))
        {
            return DoozerErrorCode.BadPath;
        }

        var item = FileTree.Find(view.Root, command.Path, out var belowFile);
        var isDirectory = item is NameMap || command.Path == DoozerPath.Root;
        var error = Check(command, item as DoozerEntry, isDirectory, belowFile);
        if (error == DoozerErrorCode.None)
        {
            record = command.Kind == WriteKind.Set
                ? Set(view, command, slot, item as DoozerEntry)
                : Delete(view, command, slot, item as DoozerEntry);
        }

        return error;
    }

    private static DoozerErrorCode Check(Command command, DoozerEntry? file, bool isDirectory, bool belowFile)
    {
        // A delete does not ask for this: below a file there is nothing, and deleting nothing succeeds. Doozer then destroyed the
        // file that was in the way; that is a bug which we do not keep.
        if (belowFile && command.Kind == WriteKind.Set)
        {
            return DoozerErrorCode.NotDirectory;
        }

        var current = isDirectory ? Revision.Directory : file?.Revision ?? Revision.Missing;
        if (command.Expected != Revision.Clobber && command.Expected < current)
        {
            return DoozerErrorCode.RevisionMismatch;
        }

        return isDirectory ? DoozerErrorCode.IsDirectory : DoozerErrorCode.None;
    }

    private static HistoryRecord Set(StoreView view, Command command, Slot slot, DoozerEntry? before)
    {
        // A rewritten file keeps its path's text, so the history of a busy file holds it once.
        var path = before?.Path ?? command.Path;
        var file = new DoozerEntry(path, command.Value, view.Revision.Next);
        var files = view.FileCount + (before is null ? 1 : 0);
        var bytes = view.SizeBytes + file.Value.Length + (before is null ? path.Length : -before.Value.Length);
        return new(
            new StoreView(FileTree.Put(view.Root, file), file.Revision, slot, files, bytes),
            new DoozerEvent(DoozerEventKind.Set, path, file.Value, file.Revision, before));
    }

    private static HistoryRecord Delete(StoreView view, Command command, Slot slot, DoozerEntry? before)
    {
        var revision = view.Revision.Next;
        if (before is null)
        {
            return new(
                new StoreView(view.Root, revision, slot, view.FileCount, view.SizeBytes),
                new DoozerEvent(DoozerEventKind.Delete, command.Path, default, revision, null));
        }

        var bytes = view.SizeBytes - before.Path.Length - before.Value.Length;
        return new(
            new StoreView(FileTree.Remove(view.Root, before.Path), revision, slot, view.FileCount - 1, bytes),
            new DoozerEvent(DoozerEventKind.Delete, before.Path, default, revision, before));
    }
}
