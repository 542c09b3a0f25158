using Microsoft.Extensions.DependencyInjection;
using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Runtime.Tests.Cluster;

[Collection(ClusterTests.Name)]
public sealed class HostingTests
{
    [Fact]
    public async Task AddDoozerClient_InASiloAndForTwoStores_EachIsItsOwn()
    {
        await using var cluster = await DoozerTestCluster.StartAsync(1, options =>
        {
            options.ConfigureNode = (_, node) => node.Stores.Add("other");
            options.ConfigureSilo = silo => silo.Services.AddDoozerClient().AddDoozerClient("other");
            options.ConfigureClient = client => client.UseDoozer("other");
        });
        var inSilo = cluster.GetService<IDoozer>(0);
        var otherInSilo = cluster.Node(0).Services.GetRequiredKeyedService<IDoozer>("other");
        var otherOutside = cluster.ClusterClient.ServiceProvider.GetRequiredKeyedService<IDoozer>("other");
        Assert.Equal(("default", "other", "other"), (inSilo.Store, otherInSilo.Store, otherOutside.Store));
        await otherInSilo.CreateAsync("/f", Bytes.Of("x"));
        Assert.Equal("x", (await otherOutside.GetAsync("/f")).Text());
        Assert.Null(await inSilo.GetAsync("/f"));
        Assert.Null(await cluster.Client.GetAsync("/f"));
    }

    [Fact]
    public async Task AddDoozer_WrongSetting_SaysWhichAndDoesNotStart()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(
            () => DoozerTestCluster.StartAsync(1, options => options.ConfigureNode = (_, node) => node.History = 0));
        Assert.Contains("History must be at least 1", error.ToString(), StringComparison.Ordinal);
    }
}
