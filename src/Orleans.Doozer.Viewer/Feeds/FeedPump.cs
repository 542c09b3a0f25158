using System.Text.Json;
using Orleans.Doozer.Viewer.Api;
using Orleans.Doozer.Viewer.Live;

namespace Orleans.Doozer.Viewer.Feeds;

/// <summary>The feeds of one page. A feed that waits for a node that does not answer holds nothing else up.</summary>
internal sealed class FeedPump(ServingNode serving, ClusterFeed cluster, PaxosFeed paxos, Series series, TimeProvider time)
{
    private readonly PaxosCursor _paxos = new();
    private readonly Feed _clusterFeed = new(FeedKinds.Cluster, TimeSpan.FromSeconds(1));
    private readonly Feed _paxosFeed = new(FeedKinds.Paxos, TimeSpan.FromMilliseconds(250));
    private readonly Feed _seriesFeed = new(FeedKinds.Series, TimeSpan.FromSeconds(1));
    private long _seriesTold;

    /// <summary>Begins what is due and takes what is ready.</summary>
    /// <param name="wanted">The feeds that the page wants.</param>
    /// <param name="wake">The questions that are under way.</param>
    /// <param name="rest">Until the next one is due; shortened if need be.</param>
    /// <returns>Frames to send.</returns>
    public List<byte[]> Step(FeedKinds wanted, List<Task> wake, ref TimeSpan rest)
    {
        var frames = new List<byte[]>();
        Step(_clusterFeed, wanted, AskClusterAsync, frames, wake, ref rest);
        Step(_paxosFeed, wanted, AskPaxosAsync, frames, wake, ref rest);
        Step(_seriesFeed, wanted, () => Task.FromResult(TakeSeries()), frames, wake, ref rest);
        return frames;
    }

    private void Step(
        Feed feed, FeedKinds wanted, Func<Task<byte[]?>> ask, List<byte[]> frames, List<Task> wake, ref TimeSpan rest)
    {
        if (!wanted.HasFlag(feed.Kind))
        {
            feed.Asked = null;
            feed.BegunAt = null;
            return;
        }

        if (feed.Asked is null && (feed.BegunAt is not { } begun || time.GetElapsedTime(begun) >= feed.Interval))
        {
            feed.BegunAt = time.GetTimestamp();
            feed.Asked = ask();
        }

        if (feed.Asked is { IsCompleted: false } asked)
        {
            wake.Add(asked);
            return;
        }

        // A failure here is a bug: it is not hidden, it ends the page's connection.
        if (feed.Asked?.GetAwaiter().GetResult() is { } frame)
        {
            frames.Add(frame);
        }

        feed.Asked = null;
        var next = feed.Interval - time.GetElapsedTime(feed.BegunAt!.Value);
        rest = next < rest ? next : rest;
    }

    private async Task<byte[]?> AskClusterAsync() =>
        JsonSerializer.SerializeToUtf8Bytes(await cluster.ReadAsync(serving), ViewerJson.Shapes.ClusterFrame);

    private async Task<byte[]?> AskPaxosAsync()
    {
        var accounts = await paxos.ReadAsync(serving);
        return JsonSerializer.SerializeToUtf8Bytes(_paxos.Next(accounts, time.GetUtcNow()), ViewerJson.Shapes.PaxosFrame);
    }

    private byte[]? TakeSeries()
    {
        var frame = series.After(_seriesTold);
        if (frame.Points.Count == 0)
        {
            return null;
        }

        _seriesTold = frame.Points[^1].At;
        return JsonSerializer.SerializeToUtf8Bytes(frame, ViewerJson.Shapes.SeriesFrame);
    }

    private sealed class Feed(FeedKinds kind, TimeSpan interval)
    {
        public FeedKinds Kind => kind;

        public TimeSpan Interval => interval;

        /// <summary>The answer that is waited for.</summary>
        public Task<byte[]?>? Asked { get; set; }

        /// <summary>When it was last asked.</summary>
        public long? BegunAt { get; set; }
    }
}
