using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>Clustering by configuration alone, of silos and of clients, and a store beside another clustering provider.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("doozer-configuration-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Configuration_ThreeSilosAndAClient_AreOneClusterWhoseThreeRegistersSurviveARestart()
    {
        var registers = Enumerable.Range(0, 3).Select(_ => $"127.0.0.1:{FreePort()}").ToArray();
        var hosts = new List<IHost>();
        try
        {
            foreach (var register in registers)
            {
                // The same section everywhere but for Listen and Data: the first finds nobody but itself in Attach.
                hosts.Add(Silo(Section(register, ("Attach:0", registers[0]), ("Data", Path.Combine(_root, register[10..])))));
                await hosts[^1].StartAsync();
            }

            await AcceptorsAsync(hosts[0], 3);
            using var client = Client(("ConnectionString", $"doozer:?ca={registers[1]}&ca={registers[2]}"));
            await client.StartAsync();
            Assert.Equal("hello", await client.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(1).Echo("hello"));

            // The founder goes and comes back on its directory: the same node, the same cluster.
            var before = hosts[0].Services.GetRequiredService<RegisterNode>();
            await hosts[0].StopAsync();
            hosts[0].Dispose();
            hosts[0] = Silo(Section(registers[0], ("Attach", registers[0]), ("Data", Path.Combine(_root, registers[0][10..]))));
            await hosts[0].StartAsync();
            var after = hosts[0].Services.GetRequiredService<RegisterNode>();
            Assert.Equal((before.Self, before.ClusterId), (after.Self, after.ClusterId));
            Assert.Equal(3, (await after.ReadAsync()).Acceptors.Length);
        }
        finally
        {
            foreach (var host in hosts)
            {
                using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
                await Silos.Ignoring(host.StopAsync(hurry.Token));
                host.Dispose();
            }
        }
    }

    [Fact]
    public void Configuration_ClusterId_NamesTheClusterUnlessTheSectionDoes()
    {
        (string, string?)[] section = Section("127.0.0.1:1", ("InMemory", "true"));

        using var named = Silo([.. section, ("Orleans:ClusterId", "east")]);
        using var own = Silo([.. section, ("Orleans:ClusterId", "east"), ("Orleans:Clustering:ClusterName", "west")]);
        using var silent = Silo(section);

        Assert.Equal("east", named.Services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId);
        Assert.Equal("west", own.Services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId);
        Assert.Equal("local", silent.Services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId);
    }

    [Theory]
    [InlineData("Listen", null, "Listen is not set")]
    [InlineData("Listen", "nonsense", "Listen 'nonsense' is no address")]
    [InlineData("Listen", "localhost:1", "must be an IP address")]
    [InlineData("Listen", "0.0.0.0:1", "set AdvertisedAddress")]
    [InlineData("Attach", "nonsense", "Attach 'nonsense' is no address")]
    [InlineData("ConnectionString", "nonsense", "ConnectionString 'nonsense' is no cluster address")]
    [InlineData("InMemory", "perhaps", "InMemory 'perhaps' is neither")]
    [InlineData("InMemory", null, "Data is not set")]
    [InlineData("Data", "somewhere", "exclude each other")]
    [InlineData("Acceptors", "two", "Acceptors 'two' is no number")]
    [InlineData("Acceptors", "2", "must be 1, 3 or 5")]
    public async Task Configuration_OfASiloWithAMistake_IsRefusedInOneLine(string key, string? value, string expected)
    {
        var section = Section("127.0.0.1:1", ("InMemory", "true")).Where(pair => pair.Key != $"Orleans:Clustering:{key}")
            .Append(($"Orleans:Clustering:{key}", value)).ToArray();

        await RequireRefusalAsync(() => Silo(section), expected);
    }

    [Theory]
    [InlineData("Attach", null, "no address is set")]
    [InlineData("Attach", "nonsense", "Attach 'nonsense' is no address")]
    [InlineData("ConnectionString", "doozer:?", "names no address")]
    public async Task Configuration_OfAClientWithAMistake_IsRefusedInOneLine(string key, string? value, string expected) =>
        await RequireRefusalAsync(() => Client((key, value)), expected);

    [Fact]
    public async Task Configuration_DataDirectoryThatCannotBeHad_IsRefusedInOneLine()
    {
        var file = Path.Combine(_root, "file");
        await File.WriteAllTextAsync(file, "x");
        await RequireRefusalAsync(() => Silo(Section("127.0.0.1:1", ("Data", file))), "is a file");

        var foreign = Directory.CreateDirectory(Path.Combine(_root, "foreign")).FullName;
        await File.WriteAllTextAsync(Path.Combine(foreign, "register.db"), new string('x', 4096));
        await RequireRefusalAsync(() => Silo(Section("127.0.0.1:1", ("Data", foreign))), "is not the database of a node");

        using var held = SqliteRegisterStorage.Open(Path.Combine(_root, "held"));
        await RequireRefusalAsync(() => Silo(Section("127.0.0.1:1", ("Data", Path.Combine(_root, "held")))), "is in use by another process");
    }

    [Fact]
    public async Task SqliteStorage_SavedVotes_AreLoadedUnderTheSameIdentity()
    {
        var directory = Path.Combine(_root, "votes");
        RegisterVotes votes;
        using (var storage = SqliteRegisterStorage.Open(directory))
        {
            Assert.Null(storage.Load());
            votes = RegisterVotes.Founding(new RegisterPeer(storage.Node, "a:1"), "C", "name");
            await storage.SaveAsync(RegisterVotes.Empty(storage.Node), default);
            await storage.SaveAsync(votes, default);
        }

        using var again = SqliteRegisterStorage.Open(directory);
        Assert.Equal(votes.Node, again.Node);
        Assert.Equal(RegisterVotesCodec.Encode(votes), RegisterVotesCodec.Encode(again.Load()!));
    }

    [Fact]
    public async Task AddDoozer_ClusteringOfAnotherProviderByConfiguration_KeepsThatTableAndServes()
    {
        var (silo, gateway) = (FreePort(), FreePort());
        var builder = Builder(
        [
            ("Orleans:Clustering:ProviderType", "Development"),
            ("Orleans:ClusterId", "app"),
            ("Orleans:ServiceId", "app"),
        ]);
        builder.UseOrleans(orleans => orleans
            .ConfigureEndpoints(IPAddress.Loopback, silo, gateway)
            .Configure<DevelopmentClusterMembershipOptions>(options => options.PrimarySiloEndpoint = new IPEndPoint(IPAddress.Loopback, silo))
            .AddDoozer(options => options.InMemory = true));
        using var host = builder.Build();
        await host.StartAsync();

        Assert.IsNotType<DoozerMembershipTable>(host.Services.GetRequiredService<IMembershipTable>());
        Assert.Equal("app", host.Services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId);
        Assert.Null(host.Services.GetService<RegisterNode>());
        await RequireStoreAsync(host);
        await host.StopAsync();
    }

    [Fact]
    public async Task AddDoozer_LocalhostClusteringBeforeOrAfter_ComposesWithIt()
    {
        foreach (var storeFirst in new[] { true, false })
        {
            var (silo, gateway) = (FreePort(), FreePort());
            var builder = Builder([]);
            builder.UseOrleans(orleans =>
            {
                _ = storeFirst ? orleans.AddDoozer(options => options.InMemory = true).UseLocalhostClustering(silo, gateway)
                    : orleans.UseLocalhostClustering(silo, gateway).AddDoozer(options => options.InMemory = true);
            });
            using var host = builder.Build();
            await host.StartAsync();
            await RequireStoreAsync(host);
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task AddDoozer_ClusteringByTheRegister_ComposesWithItToo()
    {
        var builder = Builder(Section($"127.0.0.1:{FreePort()}", ("Data", Path.Combine(_root, "register"))));
        builder.UseOrleans(orleans => orleans
            .ConfigureEndpoints(IPAddress.Loopback, FreePort(), FreePort())
            .AddDoozer(options => options.DataDirectory = Path.Combine(_root, "store")));
        using var host = builder.Build();
        await host.StartAsync();

        Assert.IsType<DoozerMembershipTable>(host.Services.GetRequiredService<IMembershipTable>());
        await RequireStoreAsync(host);
        await host.StopAsync();
    }

    private static async Task RequireStoreAsync(IHost host)
    {
        var store = host.Services.GetRequiredService<Runtime.IStoreNodes>().Get("default");
        await Poll.UntilAsync(() => Task.FromResult(store.Leader == store.Self), TimeSpan.FromSeconds(20), "the node leads its store");
        var view = await store.ReadAsync(DoozerRead.Linearizable, default);
        Assert.True(view.Get("/ctl/name").Revision.IsFile);
    }

    private static async Task AcceptorsAsync(IHost host, int count) => await Poll.UntilAsync(
        () => Task.FromResult(host.Services.GetRequiredService<RegisterNode>().Acceptors.Count == count),
        TimeSpan.FromSeconds(20),
        $"{count} silos keep the register");

    private static async Task RequireRefusalAsync(Func<IHost> build, string expected)
    {
        // Orleans validates while the host is built or while it starts.
        var refusal = await Assert.ThrowsAsync<OrleansConfigurationException>(async () =>
        {
            using var host = build();
            await host.StartAsync();
        });
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.Single(refusal.Message.Split('\n'));
    }

    private static (string Key, string? Value)[] Section(string listen, params (string Key, string? Value)[] more) =>
    [
        ("Orleans:Clustering:ProviderType", "Doozer"),
        ("Orleans:Clustering:Listen", listen),
        .. more.Select(pair => ($"Orleans:Clustering:{pair.Key}", pair.Value)),
    ];

    private static IHost Silo(params (string Key, string? Value)[] settings)
    {
        var builder = Builder(settings);
        builder.UseOrleans(silo => silo.ConfigureEndpoints(IPAddress.Loopback, FreePort(), FreePort()));
        return builder.Build();
    }

    private static IHost Client(params (string Key, string? Value)[] section)
    {
        var builder = Builder(
        [
            ("Orleans:Clustering:ProviderType", "Doozer"),
            .. section.Select(pair => ($"Orleans:Clustering:{pair.Key}", pair.Value)),
        ]);
        builder.UseOrleansClient(_ => { });
        return builder.Build();
    }

    private static HostApplicationBuilder Builder(IEnumerable<(string Key, string? Value)> settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(pair => pair.Key, pair => pair.Value));
        return builder;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
