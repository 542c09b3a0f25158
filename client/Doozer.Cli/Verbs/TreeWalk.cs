using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Verbs;

/// <summary>A file or directory that a walk met; a directory's entries are loaded once, ahead of the visit.</summary>
internal sealed class TreeEntry(string path, bool isDirectory, int length)
{
    internal string Path => path;

    internal bool IsDirectory => isDirectory;

    /// <summary>A directory's number of entries.</summary>
    internal int Length => length;

    internal Task<List<TreeEntry>>? Entries { get; set; }
}

/// <summary>
/// Walks a tree at one fixed revision, each directory before its entries. The protocol tells one entry per request, so that
/// speed is a matter of how many requests are under way: those of one directory all at once, and of the next directories ahead.
/// </summary>
internal sealed class TreeWalk(Session session, long revision) : IDisposable
{
    /// <summary>Requests under way at once: many round trips deep, few enough not to be refused as a flood.</summary>
    private const int RequestsMax = 128;

    /// <summary>Directories loaded ahead of the one being visited.</summary>
    private const int DirectoriesAhead = 32;

    private readonly SemaphoreSlim requests = new(RequestsMax, RequestsMax);

    /// <summary>What is at the path, or null for nothing.</summary>
    internal async Task<TreeEntry?> StatAsync(string path, CancellationToken cancellationToken)
    {
        var request = new Request { Verb = DoozerVerb.Stat, Path = path, Rev = revision };
        Response response = await session.ReadAsync(request, cancellationToken);
        return response.Rev == DoozerRevision.Missing
            ? null
            : new TreeEntry(path, response.Rev == DoozerRevision.Directory, response.Len);
    }

    internal async Task VisitAsync(TreeEntry entry, Func<string, Task> visitAsync, CancellationToken cancellationToken)
    {
        await visitAsync(entry.Path);
        if (!entry.IsDirectory)
        {
            return;
        }

        List<TreeEntry> entries = await Load(entry, cancellationToken);
        entry.Entries = null;
        int ahead = 0;
        for (int index = 0; index < entries.Count; index++)
        {
            for (; ahead < entries.Count && ahead <= index + DirectoriesAhead; ahead++)
            {
                if (entries[ahead].IsDirectory)
                {
                    _ = Load(entries[ahead], cancellationToken);
                }
            }

            await VisitAsync(entries[index], visitAsync, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => requests.Dispose();

    private Task<List<TreeEntry>> Load(TreeEntry directory, CancellationToken cancellationToken) =>
        directory.Entries ??= LoadAsync(directory, cancellationToken);

    private async Task<List<TreeEntry>> LoadAsync(TreeEntry directory, CancellationToken cancellationToken)
    {
        string prefix = directory.Path.EndsWith('/') ? directory.Path : directory.Path + "/";
        List<TreeEntry?> found = await InParallelAsync(directory.Length, LoadEntryAsync, cancellationToken);
        return [.. found.OfType<TreeEntry>()];

        async Task<TreeEntry?> LoadEntryAsync(int offset)
        {
            string? name = await session.GetDirectoryEntryAsync(directory.Path, revision, offset, cancellationToken);
            return name is null
                ? null
                : await StatAsync(prefix + name, cancellationToken)
                    ?? new TreeEntry(prefix + name, isDirectory: false, length: 0);
        }
    }

    // The list grows with the answers, not with the length a server claims: past the real end everything is null.
    private async Task<List<TreeEntry?>> InParallelAsync(
        int count, Func<int, Task<TreeEntry?>> loadAsync, CancellationToken cancellationToken)
    {
        var results = new List<TreeEntry?>();
        var gate = new Lock();
        int next = -1;
        bool isPastEnd = false;
        await Task.WhenAll(Enumerable.Range(0, Math.Clamp(count, 0, RequestsMax)).Select(_ => WorkAsync()));
        return results;

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is int index && index < count && !isPastEnd)
            {
                await requests.WaitAsync(cancellationToken);
                TreeEntry? entry;
                try
                {
                    entry = await loadAsync(index);
                }
                finally
                {
                    requests.Release();
                }

                lock (gate)
                {
                    isPastEnd |= entry is null;
                    while (results.Count <= index)
                    {
                        results.Add(null);
                    }

                    results[index] = entry;
                }
            }
        }
    }
}
