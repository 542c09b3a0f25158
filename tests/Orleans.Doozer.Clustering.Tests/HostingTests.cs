using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests;

public sealed class HostingTests
{
    [Fact]
    public async Task Silo_WithoutAnything_IsRefusedWithAllMistakesInSentences()
    {
        var builder = Builder();
        builder.UseOrleans(silo => silo.UseDoozerClustering(_ => { }));

        var refusal = await StartAsync(builder);

        Assert.Contains("Self is not set", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ListenEndpoint is not set", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_BadUri_IsRefusedWithASentence()
    {
        var builder = Builder();
        builder.UseOrleansClient(client => client.UseDoozerClustering(options => options.Uri = "nonsense"));

        var refusal = await StartAsync(builder);

        Assert.Contains("'nonsense' is no cluster address", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_BadNodeUri_IsRefusedWithASentence()
    {
        var builder = Builder();
        builder.UseOrleansClient(client => client.UseDoozerClustering("doozer:?ca=a:60000"));

        var refusal = await StartAsync(builder);

        Assert.Contains("port 60000 + 15000 is no port", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Silo_Named_TakesNodeAndClusterNamesAndSeesDeathInSeconds()
    {
        var builder = Builder();
        builder.UseOrleans(silo => silo.UseDoozerClustering(options =>
        {
            options.Self = NodeId.Parse("NODE");
            options.ClusterName = "east";
            options.ListenEndpoint = new IPEndPoint(IPAddress.Loopback, 0);
        }));
        using var host = builder.Build();

        T Get<T>() where T : class => host.Services.GetRequiredService<IOptions<T>>().Value;
        Assert.Equal("NODE", Get<SiloOptions>().SiloName);
        Assert.Equal("east", Get<ClusterOptions>().ClusterId);
        var membership = Get<ClusterMembershipOptions>();

        // What bounds the death of a silo that only fell silent, while bytes of it may still arrive.
        Assert.True(membership.MaxProbeTimeout * membership.NumMissedProbesLimit < TimeSpan.FromSeconds(10));
        Assert.True(membership.IAmAliveTablePublishTimeout * membership.NumMissedTableIAmAliveLimit < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Silo_OnARegisterOfItsCaller_MayRestartBesideIt()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        for (var life = 1; life <= 2; life++)
        {
            var builder = Builder();
            builder.UseOrleans(silo => silo
                .UseDoozerClustering(cluster.Nodes[0])
                .ConfigureEndpoints(IPAddress.Loopback, FreePort(), 0));
            using var host = builder.Build();
            await host.StartAsync();
            var rows = (await cluster.Nodes[0].ReadAsync()).Rows.Values;
            Assert.Equal(life, rows.Count());
            Assert.Single(rows, row => row.Status == (int)SiloStatus.Active);
            await host.StopAsync();
        }

        Assert.All((await cluster.Nodes[0].ReadAsync()).Rows.Values, row => Assert.Equal((int)SiloStatus.Dead, row.Status));
    }

    private static HostApplicationBuilder Builder()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        return builder;
    }

    private static async Task<Exception> StartAsync(HostApplicationBuilder builder)
    {
        // Orleans validates while the host is built or while it starts.
        return await Assert.ThrowsAsync<OrleansConfigurationException>(async () =>
        {
            using var host = builder.Build();
            await host.StartAsync();
        });
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
