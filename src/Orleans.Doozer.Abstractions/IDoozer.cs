namespace Orleans.Doozer;

/// <summary>
/// One store: a tree of small files with one global revision. Reads are linearizable unless asked otherwise; a write that returns
/// is durable on a majority. All methods may be called concurrently.
/// </summary>
/// <remarks>
/// Every method throws <see cref="DoozerBadPathException"/> for a path that breaks the rules, <see cref="DoozerUnavailableException"/>
/// when the store could not answer in time and nothing was changed, and writes throw <see cref="DoozerOutcomeUnknownException"/> when
/// it is not known whether they happened. A read at a revision older than the kept history throws <see cref="DoozerTooLateException"/>.
/// </remarks>
public interface IDoozer
{
    /// <summary>The store's name.</summary>
    string Store { get; }

    /// <summary>Reads a file; null when there is none.</summary>
    /// <exception cref="DoozerException">With <see cref="DoozerErrorCode.IsDirectory"/> when the path is a directory.</exception>
    Task<DoozerEntry?> GetAsync(string path, DoozerRead read = default, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes a whole file, creating it and its directories where needed, if <paramref name="expected"/> is not older than the
    /// file's revision: pass the revision you read, <see cref="Revision.Missing"/> to create, <see cref="Revision.Clobber"/> always.
    /// </summary>
    /// <returns>The revision of the change.</returns>
    /// <exception cref="DoozerRevisionMismatchException">The file is newer than <paramref name="expected"/>.</exception>
    /// <exception cref="DoozerException"><see cref="DoozerErrorCode.IsDirectory"/>, <see cref="DoozerErrorCode.NotDirectory"/>,
    /// <see cref="DoozerErrorCode.LimitExceeded"/>.</exception>
    Task<Revision> SetAsync(
        string path, ReadOnlyMemory<byte> value, Revision expected, CancellationToken cancellationToken = default);

    /// <summary>Creates a file that does not exist.</summary>
    /// <returns>The revision of the change: a fencing token.</returns>
    /// <exception cref="DoozerRevisionMismatchException">It exists.</exception>
    Task<Revision> CreateAsync(string path, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);

    /// <summary>Deletes a file if <paramref name="expected"/> is not older than its revision. Deleting what is not there succeeds
    /// and takes a revision, as in Doozer.</summary>
    /// <returns>The revision of the change.</returns>
    /// <exception cref="DoozerRevisionMismatchException">The file is newer than <paramref name="expected"/>.</exception>
    Task<Revision> DeleteAsync(string path, Revision expected, CancellationToken cancellationToken = default);

    /// <summary>Tells what is at a path without its content.</summary>
    Task<DoozerStat> StatAsync(string path, DoozerRead read = default, CancellationToken cancellationToken = default);

    /// <summary>The names in a directory, in byte order.</summary>
    /// <exception cref="DoozerException"><see cref="DoozerErrorCode.NoEntry"/> or <see cref="DoozerErrorCode.NotDirectory"/>.</exception>
    Task<IReadOnlyList<string>> ListAsync(string path, DoozerRead read = default, CancellationToken cancellationToken = default);

    /// <summary>Every file that matches a glob, in byte order of names, all as of one revision.</summary>
    IAsyncEnumerable<DoozerEntry> WalkAsync(string glob, DoozerRead read = default, CancellationToken cancellationToken = default);

    /// <summary>The first change to a file that matches, on or after <paramref name="from"/>; waits for it.</summary>
    /// <exception cref="DoozerTooLateException"><paramref name="from"/> is older than the kept history.</exception>
    Task<DoozerEvent> WaitAsync(string glob, Revision from, CancellationToken cancellationToken = default);

    /// <summary>
    /// Every change to files that match, from <paramref name="from"/> on (null: from now), in order, each exactly once; goes on by
    /// itself when its node or gateway dies.
    /// </summary>
    /// <exception cref="DoozerTooLateException">The history it needs is gone: read the state and watch from its revision.</exception>
    IAsyncEnumerable<DoozerEvent> WatchAsync(string glob, Revision? from = null, CancellationToken cancellationToken = default);

    /// <summary>The store's revision.</summary>
    Task<Revision> RevisionAsync(DoozerRead read = default, CancellationToken cancellationToken = default);

    /// <summary>Takes a revision and changes nothing: proof that the store can decide.</summary>
    Task<Revision> NopAsync(CancellationToken cancellationToken = default);
}
