using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Doozer.Runtime;

namespace Orleans.Doozer.Gateway.Tests.Support;

/// <summary>A real Kestrel on a free port with the gateway on it.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GatewayHost(WebApplication app, SingleNodeStore store)
    {
        _app = app;
        Store = store;
        Address = IPEndPoint.Parse(
            new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority);
    }

    public SingleNodeStore Store { get; }

    public IPEndPoint Address { get; }

    public IMeterFactory Meters => _app.Services.GetRequiredService<IMeterFactory>();

    public static async Task<GatewayHost> StartAsync(
        Action<DoozerGatewayOptions>? configure = null, SingleNodeStore? store = null, Action<ListenOptions>? listen = null)
    {
        store ??= new SingleNodeStore();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IStoreNodes>(store);
        builder.Services.AddDoozerGateway(configure);
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, options =>
        {
            listen?.Invoke(options);
            options.UseDoozerGateway();
        }));
        var app = builder.Build();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new(app, store);
    }

    public Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Address);

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
