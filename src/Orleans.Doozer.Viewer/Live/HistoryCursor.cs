using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Viewer.Live;

/// <summary>
/// Where a page stands in the store's history. Nothing is queued for a page: what it has not taken yet is read from the history when
/// it can take more, so a slow one costs nothing but the place where it stands.
/// </summary>
internal sealed class HistoryCursor(ServingNode serving, string glob, Revision next, TimeProvider time)
{
    private long _caughtUpAt = time.GetTimestamp();
    private long _toldAt = time.GetTimestamp();

    /// <summary>The first revision that the page was not told of.</summary>
    public Revision Next { get; private set; } = next;

    /// <summary>How many revisions lie before the page.</summary>
    public long Behind => Math.Max(0, serving.Store.Current.Revision.Value - Next.Value + 1);

    /// <summary>Whether the page was told its place long ago.</summary>
    public bool IsProgressDue => time.GetElapsedTime(_toldAt) > TimeSpan.FromSeconds(5);

    /// <summary>How long it is since the page was seen to have been told all there was; asked for at least every second.</summary>
    public TimeSpan MeasureLag()
    {
        if (Behind == 0)
        {
            _caughtUpAt = time.GetTimestamp();
        }

        return time.GetElapsedTime(_caughtUpAt);
    }

    /// <summary>The next changes that match, at once; and moves on behind them.</summary>
    /// <exception cref="DoozerTooLateException">They are no longer kept.</exception>
    public async Task<DoozerEvent[]> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        if (Behind == 0)
        {
            return [];
        }

        var reply = await serving.Store.WatchAsync(new WatchRequest(glob, Next, TimeSpan.Zero, limit), cancellationToken);
        if (reply.Status.Error != DoozerErrorCode.None)
        {
            throw DoozerException.From(reply.Status.Error, reply.Status.Detail);
        }

        Next = reply.Next;
        MeasureLag();
        return reply.Events;
    }

    /// <summary>Goes on further ahead, or back.</summary>
    public void MoveTo(Revision revision) => Next = revision;

    /// <summary>The page was told its place.</summary>
    public void Told() => _toldAt = time.GetTimestamp();
}
