using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Doozer;

#pragma warning disable IDE0130 // A hosting verb lives where .NET users look for it.

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the client of a store.</summary>
public static class DoozerServiceCollectionExtensions
{
    /// <summary>Registers <see cref="IDoozer"/> for one store. It works over whatever <see cref="IGrainFactory"/> is registered:
    /// an Orleans client's or a silo's own.</summary>
    public static IServiceCollection AddDoozerClient(
        this IServiceCollection services, Action<DoozerClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<DoozerClientOptions>().Configure(options => configure?.Invoke(options));
        services.TryAddSingleton<IDoozer>(provider => Create(provider, Options.Options.DefaultName));
        return services;
    }

    /// <summary>Registers <see cref="IDoozer"/> for a further store, keyed by the store's name
    /// (<c>[FromKeyedServices("name")] IDoozer</c>).</summary>
    public static IServiceCollection AddDoozerClient(
        this IServiceCollection services, string store, Action<DoozerClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(store);
        services.AddOptions<DoozerClientOptions>(store).Configure(options =>
        {
            options.Store = store;
            configure?.Invoke(options);
        });
        services.TryAddKeyedSingleton<IDoozer>(store, (provider, _) => Create(provider, store));
        return services;
    }

    private static DoozerClient Create(IServiceProvider provider, string name) => new(
        provider.GetRequiredService<IGrainFactory>(),
        provider.GetRequiredService<IOptionsMonitor<DoozerClientOptions>>().Get(name),
        provider.GetService<GatewayLosses>() ?? new(),
        provider.GetService<TimeProvider>());
}
