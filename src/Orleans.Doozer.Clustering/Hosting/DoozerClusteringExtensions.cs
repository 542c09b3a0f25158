using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Doozer.Clustering;
using Orleans.Doozer.Hosting;
using Orleans.Messaging;

namespace Orleans.Hosting;

/// <summary>Orleans clustering with nothing beside it: the membership table lives in a register that the silos replicate themselves.</summary>
public static class DoozerClusteringExtensions
{
    /// <summary>Takes part in the membership register with a node that the silo starts and ends.</summary>
    public static ISiloBuilder UseDoozerClustering(this ISiloBuilder builder, Action<DoozerClusteringOptions> configure)
    {
        builder.Services.Configure(configure);
        builder.Services.AddSingleton<IConfigurationValidator, DoozerClusteringValidator>();
        builder.Services.AddSingleton(services => new RegisterNode(
            services.GetRequiredService<IOptions<DoozerClusteringOptions>>().Value, services.GetRequiredService<ILogger<RegisterNode>>()));
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, RegisterLifecycle>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, AcceptorKeeper>();
        builder.Services.AddOptions<SiloOptions>().Configure<IOptions<DoozerClusteringOptions>>(
            (silo, options) => silo.SiloName = options.Value.Self.Value);
        builder.Services.AddOptions<ClusterOptions>().Configure<IOptions<DoozerClusteringOptions>>(
            (cluster, options) => Name(cluster, options.Value.ClusterName));
        return builder.AddTable(services => services.GetRequiredService<IOptions<DoozerClusteringOptions>>().Value.Table);
    }

    /// <summary>
    /// Uses the membership register of a node that the caller started and ends: it outlives the silo, which may restart beside it.
    /// </summary>
    public static ISiloBuilder UseDoozerClustering(this ISiloBuilder builder, RegisterNode register, DoozerTableOptions? table = null)
    {
        // Given as an instance, which the container does not dispose.
        builder.Services.AddSingleton(register);
        builder.Services.Configure<SiloOptions>(silo => silo.SiloName = register.Self.Value);
        builder.Services.Configure<ClusterOptions>(cluster => Name(cluster, register.ClusterName));
        return builder.AddTable(_ => table ?? new DoozerTableOptions());
    }

    /// <summary>Finds the gateways of a cluster of doozerd nodes by the URI that <c>doozer</c> takes:
    /// <c>doozer:?ca=host:8046&amp;ca=host:8046</c>.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="uri">Doozer addresses of some nodes (their <c>-l</c>); a node that was given a register port of its own is named
    /// with the other overload.</param>
    /// <param name="clusterName">The cluster's name, as on its silos (<c>-c</c>).</param>
    /// <exception cref="Orleans.Runtime.OrleansConfigurationException">The URI is wrong; the message says how.</exception>
    public static IClientBuilder UseDoozerClustering(this IClientBuilder builder, string uri, string clusterName = "local") =>
        builder.UseDoozerClustering(options =>
        {
            options.Uri = "doozer:?" + string.Join('&', DoozerClientValidator.Checked(() => RegisterAddress.OfNodes(uri)).Select(address => $"ca={address}"));
            options.ClusterName = clusterName;
        });

    /// <summary>Finds the cluster's gateways through any of its register listeners.</summary>
    public static IClientBuilder UseDoozerClustering(this IClientBuilder builder, Action<DoozerClientClusteringOptions> configure)
    {
        builder.Services.Configure(configure);
        builder.Services.AddSingleton<IConfigurationValidator, DoozerClientValidator>();
        builder.Services.AddOptions<ClusterOptions>().Configure<IOptions<DoozerClientClusteringOptions>>(
            (cluster, options) => Name(cluster, options.Value.ClusterName));

        // A gateway that died is replaced within seconds; Orleans would keep its list for a minute.
        builder.Services.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
        builder.Services.AddSingleton<IGatewayListProvider>(services => new DoozerGatewayListProvider(
            DoozerClientValidator.Addresses(services.GetRequiredService<IOptions<DoozerClientClusteringOptions>>().Value),
            services.GetRequiredService<IOptions<GatewayOptions>>().Value.GatewayListRefreshPeriod));
        return builder;
    }

    // Orleans refuses connections between different ids; a cluster's name is the same everywhere before it is joined, its id is not.
    private static void Name(ClusterOptions cluster, string name)
    {
        cluster.ClusterId = name;
        cluster.ServiceId = name;
    }

    private static ISiloBuilder AddTable(this ISiloBuilder builder, Func<IServiceProvider, DoozerTableOptions> table)
    {
        builder.Services.RemoveAll<IMembershipTable>();
        builder.Services.AddSingleton<IMembershipTable>(services =>
        {
            var silo = services.GetRequiredService<Orleans.Runtime.ILocalSiloDetails>();
            return new DoozerMembershipTable(
                services.GetRequiredService<RegisterNode>(), new SiloIdentity(silo.Name, silo.SiloAddress), table(services),
                services.GetRequiredService<ILogger<DoozerMembershipTable>>(), services.GetService<TimeProvider>(),
                leaving: services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default);
        });
        builder.Services.Configure<ClusterMembershipOptions>(Tune);
        builder.Services.Configure<ConnectionOptions>(connection =>
        {
            connection.OpenConnectionTimeout = TimeSpan.FromSeconds(1);
            connection.ConnectionRetryDelay = TimeSpan.FromMilliseconds(250);
        });
        return builder;
    }

    // Dead within about 3 s of kill -9 and within 10 s of silence; the README says how each number was found.
    private static void Tune(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.MinProbeTimeout = TimeSpan.FromMilliseconds(600);
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(2);
        membership.NumMissedProbesLimit = 3;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.DeathVoteExpirationTimeout = TimeSpan.FromSeconds(30);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedTableIAmAliveLimit = 5;
        membership.MaxJoinAttemptTime = TimeSpan.FromMinutes(2);

        // It goes by the joining silo's clock: one that is minutes behind would be declared dead as soon as it comes. What is left of
        // a silo that died while it joined is buried by the next one that does.
        membership.EvictWhenMaxJoinAttemptTimeExceeded = false;
    }
}
