using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orleans.Doozer.SystemTests;

/// <summary>A .NET application outside of the cluster, over Orleans' gateways.</summary>
[Collection("system")]
public sealed class OrleansClientTests
{
    [Fact]
    public async Task Client_ItsGatewaysDieOneAfterTheOther_WritesAndWatchGoOnWithoutLossOrDouble()
    {
        await using var cluster = await DoozerdCluster.StartAsync();
        using var host = CreateClient(cluster);
        await host.StartAsync();
        var doozer = host.Services.GetRequiredService<IDoozer>();
        var start = await doozer.RevisionAsync();

        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var seen = new List<(string Path, long Revision)>();
        var watch = Task.Run(async () =>
        {
            await foreach (var change in doozer.WatchAsync("/app/*", start.Next, stop.Token))
            {
                seen.Add((change.Path, change.Revision.Value));
                if (change.Path == "/app/last")
                {
                    return;
                }
            }
        });
        var written = new List<(string Path, long Revision)>();
        for (var node = 0; node < 3; node++)
        {
            await WriteAsync(doozer, written, node);
            await cluster.Nodes[node].KillAsync();
            await WriteAsync(doozer, written, node + 10);
            cluster.Nodes[node].Start();
            await cluster.Nodes[node].WaitAsync();
        }

        written.Add(("/app/last", (await doozer.SetAsync("/app/last", "x"u8.ToArray(), Revision.Clobber)).Value));
        await watch;

        Assert.Equal(written, seen);
        Assert.Null(await doozer.GetAsync("/app/never"));
        await host.StopAsync();
    }

    [Fact]
    public async Task Writes_UnderWayWhenTheLeadersGatewayDies_GoOnLongBeforeTheirTimeLimits()
    {
        var limit = TimeSpan.FromMinutes(2);
        await using var cluster = await DoozerdCluster.StartAsync();
        using var host = CreateClient(cluster, options => (options.SilenceTimeout, options.AttemptTimeout, options.RequestTimeout) = (limit, limit, limit));
        await host.StartAsync();
        var doozer = host.Services.GetRequiredService<IDoozer>();
        using var stop = new CancellationTokenSource();
        var written = 0;
        var writers = Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            while (!stop.IsCancellationRequested)
            {
                await doozer.SetAsync($"/app/{writer}", "x"u8.ToArray(), Revision.Clobber);
                Interlocked.Increment(ref written);
            }
        }));
        await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref written) > 500), "writes go on");

        await cluster.Nodes[cluster.FindLeader()].KillAsync();

        var before = Volatile.Read(ref written);
        await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref written) > before + 100), "writes go on without the leader");

        // Each writer's last one, which may be the one that was under way when the node died.
        await stop.CancelAsync();
        await writers.WaitAsync(limit / 4);
        await host.StopAsync();
    }

    private static async Task WriteAsync(IDoozer doozer, List<(string Path, long Revision)> written, int round)
    {
        for (var number = 0; number < 20; number++)
        {
            var path = $"/app/{round}-{number}";
            written.Add((path, (await doozer.CreateAsync(path, "x"u8.ToArray())).Value));
        }
    }

    private static IHost CreateClient(DoozerdCluster cluster, Action<DoozerClientOptions>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client.UseDoozerClustering(cluster.Uri).UseDoozer(configure));
        return builder.Build();
    }
}
