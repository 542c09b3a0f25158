using Microsoft.Extensions.Hosting;

namespace Orleans.Doozer.Viewer.Feeds;

/// <summary>Ends a second of the series each second.</summary>
internal sealed class SeriesClock(Series series, ViewerNode node, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            series.Advance(node.State.Serving, time.GetUtcNow());
        }
    }
}
