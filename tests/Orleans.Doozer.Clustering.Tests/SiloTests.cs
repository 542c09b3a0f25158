using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Orleans.Doozer.Clustering.Tests;

public sealed class SiloTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Cluster_ThreeSilosStopAndReturn_StaysOneClusterThatClientsReach()
    {
        await using var silos = new Silos();
        await TimedAsync("first silo", () => silos.StartAsync(0));
        await TimedAsync("two silos join", () => silos.StartAsync(1, 2));
        await TimedAsync("acceptors 1 -> 3", () => silos.VoteAsync(0, 1, 2));
        using var client = await ConnectAsync(silos);
        for (var key = 0; key < 20; key++)
        {
            Assert.Equal("hello", await client.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(key).Echo("hello"));
        }

        await TimedAsync("graceful stop", () => silos.StopAsync(2));
        Assert.Equal([SiloStatus.Dead], await silos.StatusesAsync(0, of: 2));

        await TimedAsync("rejoin under the same name", () => silos.StartAsync(2));
        Assert.Equal([SiloStatus.Active, SiloStatus.Dead], await silos.StatusesAsync(0, of: 2));
        Assert.Equal(3, silos.Node(2).Acceptors.Count);
    }

    private async Task<IHost> ConnectAsync(Silos silos)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client.UseDoozerClustering(
            options => options.Uri = $"doozer:?ca={silos.RegisterAddress(0)}&ca={silos.RegisterAddress(1)}"));
        var host = builder.Build();
        await TimedAsync("client connects", () => host.StartAsync());
        return host;
    }

    private async Task TimedAsync(string what, Func<Task> action)
    {
        var clock = Stopwatch.StartNew();
        await action().WaitAsync(TimeSpan.FromSeconds(30));
        output.WriteLine($"{what}: {clock.Elapsed.TotalSeconds:0.00} s");
    }
}
