using Microsoft.Extensions.DependencyInjection;
using Orleans.Doozer;

#pragma warning disable IDE0130 // A hosting verb lives where .NET users look for it.

namespace Orleans.Hosting;

/// <summary>Registers the client of a store with an Orleans client.</summary>
public static class DoozerClientBuilderExtensions
{
    /// <summary>Registers <see cref="IDoozer"/> for one store.</summary>
    public static IClientBuilder UseDoozer(this IClientBuilder builder, Action<DoozerClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddDoozerClient(configure);
        return builder.ListenForLosses();
    }

    /// <summary>Registers <see cref="IDoozer"/> for a further store, keyed by the store's name.</summary>
    public static IClientBuilder UseDoozer(
        this IClientBuilder builder, string store, Action<DoozerClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddDoozerClient(store, configure);
        return builder.ListenForLosses();
    }

    private static IClientBuilder ListenForLosses(this IClientBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(GatewayLosses)))
        {
            return builder;
        }

        builder.Services.AddSingleton<GatewayLosses>();
        return builder.AddGatewayCountChangedHandler(services =>
        {
            var losses = services.GetRequiredService<GatewayLosses>();
            return (_, gateways) =>
            {
                if (gateways.NumberOfConnectedGateways < gateways.PreviousNumberOfConnectedGateways)
                {
                    losses.Lost();
                }
            };
        });
    }
}
