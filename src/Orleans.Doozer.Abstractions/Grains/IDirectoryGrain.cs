using Orleans.Concurrency;

namespace Orleans.Doozer.Grains;

/// <summary>
/// The watches under one directory, on one node beside its replica: the key store hands it each change below it, it fans out.
/// A slow watcher never slows the apply: it reads the history at its own pace.
/// </summary>
/// <remarks>The key is <c>store/node</c> followed by the directory's path (<see cref="NodeGrainKeys"/>).</remarks>
[Alias("doozer.IDirectoryGrain")]
public interface IDirectoryGrain : IGrainWithStringKey
{
    /// <summary>Answers with the next matching changes, waiting for them up to <see cref="WatchRequest.MaxWait"/>.</summary>
    [Alias("Wait"), AlwaysInterleave, ResponseTimeout("00:00:08")]
    Task<WatchReply> Wait(WatchRequest request, CancellationToken cancellationToken);

    /// <summary>Changes what a stream watches below this directory. A client has one stream for all its watches of a store.</summary>
    [Alias("Change"), AlwaysInterleave, ResponseTimeout("00:00:08")]
    Task<WatchStreamChanged> Change(WatchStreamChange change);

    /// <summary>Answers with what a stream has next, waiting for it up to <see cref="WatchStreamRequest.MaxWait"/>.</summary>
    [Alias("Follow"), AlwaysInterleave, ResponseTimeout("00:00:08")]
    Task<WatchStreamReply> Follow(WatchStreamRequest request, CancellationToken cancellationToken);
}

/// <summary>Keys of the grains that are bound to a node: <c>store/node</c>, for a directory followed by its path.</summary>
public static class NodeGrainKeys
{
    /// <summary>The key of a store's grains on a node.</summary>
    public static string Create(string store, string node) => $"{store}/{node}";

    /// <summary>The key of a directory's grain on a node.</summary>
    public static string Create(string store, string node, string directory) => $"{store}/{node}{directory}";

    /// <summary>Takes a key apart; false when it is none. The directory is empty for a grain that is not a directory's.</summary>
    public static bool TryParse(string key, out string store, out string node, out string directory)
    {
        store = node = directory = "";
        var first = key.IndexOf('/');
        if (first <= 0 || first == key.Length - 1)
        {
            return false;
        }

        var second = key.IndexOf('/', first + 1);
        store = key[..first];
        node = second < 0 ? key[(first + 1)..] : key[(first + 1)..second];
        directory = second < 0 ? "" : key[second..];
        return node.Length > 0;
    }
}
