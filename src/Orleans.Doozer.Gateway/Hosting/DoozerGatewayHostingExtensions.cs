using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Doozer.Gateway;

namespace Orleans.Hosting;

/// <summary>Puts Doozer's TCP protocol on a Kestrel listener.</summary>
public static class DoozerGatewayHostingExtensions
{
    /// <summary>Adds the gateway's services. The host must also have <see cref="Orleans.Doozer.Runtime.IStoreNodes"/>, which
    /// <c>AddDoozer()</c> brings. Wrong options stop the host at start and are named.</summary>
    public static IServiceCollection AddDoozerGateway(
        this IServiceCollection services, Action<DoozerGatewayOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddMetrics();
        services.AddLogging();
        var options = services.AddOptions<DoozerGatewayOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<DoozerGatewayOptions>, DoozerGatewayOptionsValidator>());
        services.TryAddSingleton<DoozerConnectionHandler>();
        return services;
    }

    /// <summary>Serves Doozer's protocol on this listener. Call <see cref="UseTls"/> before it for an encrypted one.</summary>
    public static ListenOptions UseDoozerGateway(this ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);

        // No HTTP here: without this Kestrel would offer HTTP/2 to clients that negotiate a protocol over TLS.
        listen.Protocols = HttpProtocols.None;
        listen.UseConnectionHandler<DoozerConnectionHandler>();
        return listen;
    }

    /// <summary>Encrypts this listener with a certificate and key in PEM files (<c>--tlscert</c>, <c>--tlskey</c>).</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The files hold no certificate with its key.</exception>
    public static ListenOptions UseTls(this ListenOptions listen, string certificateFile, string keyFile)
    {
        ArgumentNullException.ThrowIfNull(listen);
        listen.Protocols = HttpProtocols.None;
        return listen.UseHttps(X509Certificate2.CreateFromPemFile(certificateFile, keyFile));
    }
}
