using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Doozer.Runtime;
using Orleans.Doozer.Runtime.Diagnostics;
using Orleans.Doozer.Runtime.Placement;
using Orleans.Doozer.Runtime.Stores;
using Orleans.Runtime.Hosting;

namespace Orleans.Hosting;

/// <summary>Puts a store inside an Orleans cluster.</summary>
public static class DoozerSiloBuilderExtensions
{
    /// <summary>
    /// Makes this silo a node of a Doozer store. The silo's name becomes the node's id. Of several nodes that start together with empty
    /// data directories, all but one must set <see cref="DoozerOptions.Join"/>.
    /// </summary>
    /// <exception cref="OrleansConfigurationException">When the silo starts: a setting is wrong; the message says which.</exception>
    public static ISiloBuilder AddDoozer(this ISiloBuilder builder, Action<DoozerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IConfigurationValidator, DoozerOptionsValidator>();
        services.AddSingleton<NodeLocator>();

        // A host that restarts its silo inside the process, or votes elsewhere too, brings these with it.
        services.TryAddSingleton(provider => new NodeFault(() => provider.GetService<IHostApplicationLifetime>()?.StopApplication()));
        services.TryAddSingleton(provider => OpenIdentity(provider.GetRequiredService<IOptions<DoozerOptions>>().Value));
        services.TryAddSingleton<DoozerMetrics>();
        services.TryAddSingleton<NodeJournal>();
        services.AddSingleton<StoreHosts>();
        services.AddSingleton<IStoreNodes>(provider => provider.GetRequiredService<StoreHosts>());
        services.AddSingleton<IStoreInspectors>(provider => provider.GetRequiredService<StoreHosts>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<StoreHosts>());

        // Votes are counted by node id; the directory finds a node's silo by the same name.
        services.AddOptions<SiloOptions>().PostConfigure<NodeIdentity>((silo, identity) => silo.SiloName = identity.Self.Value);
        services.AddSingleton<IIncomingGrainCallFilter, PublicGrainsOnlyFilter>();
        builder.AddGrainDirectory<NodeGrainDirectory>(
            NodeGrainDirectory.Name, (provider, _) => new NodeGrainDirectory(provider.GetRequiredService<NodeLocator>()));
        builder.AddPlacementDirector<AcceptorQuorumPlacement, AcceptorQuorumPlacementDirector>();
        return builder;
    }

    private static NodeIdentity OpenIdentity(DoozerOptions options) =>
        DoozerOptionsValidator.Describe(options) is { } problem
            ? throw new OrleansConfigurationException(problem)
            : NodeIdentity.Open(options);
}
