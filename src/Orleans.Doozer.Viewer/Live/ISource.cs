namespace Orleans.Doozer.Viewer.Live;

/// <summary>Something that a page follows in the store's history.</summary>
internal interface ISource
{
    /// <summary>The page's name for it; null for the tree.</summary>
    string? Id { get; }

    /// <summary>Where it stands.</summary>
    HistoryCursor Cursor { get; }

    /// <summary>The next frames, ready to send; none when there is nothing to tell.</summary>
    /// <exception cref="DoozerTooLateException">The history that it needs is gone.</exception>
    Task<IReadOnlyList<byte[]>> ReadAsync(CancellationToken cancellationToken);
}
