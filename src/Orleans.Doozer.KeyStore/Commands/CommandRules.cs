using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore;

/// <summary>Doozer's rules for writes (its store/node.go), as a function from a view and a command to the change that it makes.</summary>
internal static class CommandRules
{
    /// <summary>Judges a command; a refused one changes nothing.</summary>
    /// <param name="view">The state before.</param>
    /// <param name="command">What to do.</param>
    /// <param name="slot">The slot of the command.</param>
    /// <param name="record">The change, when it is not refused.</param>
    public static DoozerErrorCode Judge(StoreView view, Command command, Slot slot, out HistoryRecord record)
    {
        record = default;
        if (command.Kind == WriteKind.Nop)
        {
            record = new(DoozerEventKind.Nop, DoozerPath.Root, default, default, view.Revision.Next, slot);
            return DoozerErrorCode.None;
        }

        // The length is a constant here, whatever a node's configuration says: all nodes must come to the same result.
        if (!DoozerPath.IsValid(command.Path))
        {
            return DoozerErrorCode.BadPath;
        }

        var item = FileTree.Find(view.Root, command.Path, out var key, out var belowFile);
        var before = StoredFile.From(item);
        var isDirectory = item is NameMap || command.Path == DoozerPath.Root;
        var error = Check(command, before, isDirectory, belowFile);
        if (error == DoozerErrorCode.None)
        {
            // A rewritten file keeps its path's text, so the history of a busy file holds it once.
            var path = key ?? command.Path;
            record = command.Kind == WriteKind.Set
                ? new(DoozerEventKind.Set, path, StoredFile.Piece(command.Value, view.Revision.Next), before, view.Revision.Next, slot)
                : new(DoozerEventKind.Delete, path, default, before, view.Revision.Next, slot);
        }

        return error;
    }

    private static DoozerErrorCode Check(Command command, StoredFile file, bool isDirectory, bool belowFile)
    {
        // A delete does not ask for this: below a file there is nothing, and deleting nothing succeeds. Doozer then destroyed the
        // file that was in the way; that is a bug which we do not keep.
        if (belowFile && command.Kind == WriteKind.Set)
        {
            return DoozerErrorCode.NotDirectory;
        }

        var current = isDirectory ? Revision.Directory : file.Revision;
        if (command.Expected != Revision.Clobber && command.Expected < current)
        {
            return DoozerErrorCode.RevisionMismatch;
        }

        return isDirectory ? DoozerErrorCode.IsDirectory : DoozerErrorCode.None;
    }
}
