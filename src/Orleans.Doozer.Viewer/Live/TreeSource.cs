using System.Text.Json;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Viewer.Api;

namespace Orleans.Doozer.Viewer.Live;

/// <summary>
/// The directories that are open on a page: of what changed in or below them it tells the state that is there now. However many changes
/// there were, a child is one entry; so a frame is bounded by what is open, not by what happens.
/// </summary>
internal sealed class TreeSource(ServingNode serving, HistoryCursor cursor, IReadOnlyCollection<string> directories) : ISource
{
    private const int EventsPerRead = 1000;
    private const int ReadsPerFrame = 20;
    private const int EntriesPerDirectory = 200;
    private const int EntriesPerFrame = 2000;
    private readonly HashSet<string> _directories = new(directories, StringComparer.Ordinal);

    public string? Id => null;

    public HistoryCursor Cursor => cursor;

    public async Task<IReadOnlyList<byte[]>> ReadAsync(CancellationToken cancellationToken)
    {
        var touched = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        for (var read = 0; read < ReadsPerFrame; read++)
        {
            foreach (var change in await cursor.ReadAsync(EventsPerRead, cancellationToken))
            {
                Touch(touched, change.Path);
            }

            if (cursor.Behind == 0)
            {
                break;
            }
        }

        if (touched.Count == 0 && !cursor.IsProgressDue)
        {
            return [];
        }

        cursor.Told();
        var view = serving.Store.Current;
        var frame = new TreeFrame("tree", cursor.Next.Value, view.Revision.Value, Describe(view, touched));
        return [JsonSerializer.SerializeToUtf8Bytes(frame, ViewerJson.Shapes.TreeFrame)];
    }

    private void Touch(Dictionary<string, HashSet<string>> touched, string path)
    {
        // Each directory above the path has one child on the way to it.
        for (var child = path; child.Length > 1;)
        {
            var directory = DoozerPath.Parent(child);
            if (_directories.Contains(directory))
            {
                if (!touched.TryGetValue(directory, out var names))
                {
                    touched.Add(directory, names = new(StringComparer.Ordinal));
                }

                if (names.Count <= EntriesPerDirectory)
                {
                    names.Add(child[(child.LastIndexOf('/') + 1)..]);
                }
            }

            child = directory;
        }
    }

    private static List<DirectoryChange> Describe(StoreView view, Dictionary<string, HashSet<string>> touched)
    {
        var changes = new List<DirectoryChange>();
        var room = EntriesPerFrame;
        foreach (var (directory, names) in touched)
        {
            var stat = view.Stat(directory);
            var count = stat.IsDirectory ? stat.Length : 0;
            var many = names.Count > EntriesPerDirectory || names.Count > room;
            room -= many ? 0 : names.Count;
            changes.Add(new(
                directory, count, many ? true : null,
                many ? null : [.. names.Order(StringComparer.Ordinal).Select(name => StoreReader.Describe(view, directory, name))]));
        }

        return changes;
    }
}
