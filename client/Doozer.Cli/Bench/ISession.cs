namespace Doozer.Cli.Bench;

/// <summary>One connection to the store, by whichever protocol; many requests may be under way on it.</summary>
internal interface ISession : IAsyncDisposable
{
    /// <summary>Writes a file, whatever its revision.</summary>
    /// <returns>The revision of the change.</returns>
    Task<long> PutAsync(string path, ReadOnlyMemory<byte> value);

    /// <summary>Reads a file.</summary>
    Task GetAsync(string path, bool isLinearizable);

    /// <summary>The smallest request that the protocol has: there and back, without a quorum and without the tree.</summary>
    Task NullAsync();

    /// <summary>The store's revision.</summary>
    Task<long> RevisionAsync();

    /// <summary>The revisions of the changes to one file, from a revision on, until cancelled.</summary>
    IAsyncEnumerable<long> WatchAsync(string path, long from, CancellationToken cancellationToken);
}
