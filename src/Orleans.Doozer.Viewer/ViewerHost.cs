using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Orleans.Doozer.Runtime.Diagnostics;
using Orleans.Doozer.Viewer.Access;
using Orleans.Doozer.Viewer.Api;
using Orleans.Doozer.Viewer.Feeds;
using Orleans.Doozer.Viewer.Health;
using Orleans.Doozer.Viewer.Live;
using Orleans.Doozer.Viewer.Pages;

namespace Orleans.Doozer.Viewer;

/// <summary>The web view: a host of its own, beside the silo's, so that it also answers while the silo starts or restarts.</summary>
public sealed class ViewerHost : IAsyncDisposable
{
    internal const string CsrfHeader = "X-Doozer-Csrf";
    private const int MaxConnections = 1000;
    private const int MaxBodyBytes = 2 << 20;
    private readonly WebApplication _app;

    private ViewerHost(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="node">What is shown; it may serve later.</param>
    /// <param name="options">How.</param>
    /// <param name="logging">Where it logs to.</param>
    /// <param name="time">For tests; null is the system's clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The address is in use, or cannot be listened on.</exception>
    public static async Task<ViewerHost> StartAsync(
        ViewerNode node, DoozerViewerOptions options, Action<ILoggingBuilder>? logging = null, TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "doozer-viewer" });
        logging?.Invoke(builder.Logging);
        builder.Services.AddSingleton(node).AddSingleton(options).AddSingleton(time ?? TimeProvider.System);
        AddServices(builder.Services, options);
        Listen(builder.WebHost, options);
        var app = builder.Build();
        Use(app);
        try
        {
            await app.StartAsync(cancellationToken);
            return new(app, new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()));
        }
        catch (Exception exception)
        {
            await app.DisposeAsync();
            throw exception is System.Net.Sockets.SocketException
                ? new IOException($"{options.Address} cannot be listened on: {exception.Message}", exception) : exception;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static void Listen(IWebHostBuilder web, DoozerViewerOptions options) => web
        .UseKestrelCore()
        .UseKestrelHttpsConfiguration()
        .ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = options.MaxSockets;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Listen(options.Address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (options.Certificate is { } certificate)
                {
                    listen.UseHttps(certificate);
                }
            });
        });

    private static void AddServices(IServiceCollection services, DoozerViewerOptions options)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        services.AddRoutingCore();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);

        ProcessKeys.Add(services);
        services.AddSingleton<SessionStore>();
        services.AddAuthentication(SessionHandler.SchemeName).AddScheme<AuthenticationSchemeOptions, SessionHandler>(SessionHandler.SchemeName, null);
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.HeaderName = CsrfHeader;
            antiforgery.SuppressXFrameOptionsHeader = true;
            SessionHandler.Describe(antiforgery.Cookie, options, "csrf");
        });
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("doozerd")).WithMetrics(metrics => metrics
            .AddMeter(DoozerMetrics.MeterName, DoozerMetrics.MeterName + ".*", "System.Runtime")
            .AddPrometheusExporter());
        services.AddSingleton<Rights>().AddSingleton<KnownHosts>().AddSingleton<SignInLimiter>().AddSingleton<SessionRoutes>();
        services.AddSingleton<ReadRoutes>().AddSingleton<HistoryRoutes>().AddSingleton<WriteRoutes>();
        services.AddSingleton<ClusterFeed>().AddSingleton<PaxosFeed>().AddSingleton<Series>().AddSingleton<FeedRoutes>().AddSingleton<LiveRoutes>();
        services.AddSingleton<EmbeddedFiles>().AddSingleton<PageRoutes>();
        services.AddHostedService<SeriesClock>();
        Checks.Add(services);
    }

    private static void Use(WebApplication app)
    {
        app.UseMiddleware<SafeHeaders>();
        app.UseMiddleware<ErrorWriter>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(15) });
        app.UseMiddleware<AccessGuard>();
        var services = app.Services;
        services.GetRequiredService<SessionRoutes>().Map(app);
        services.GetRequiredService<ReadRoutes>().Map(app);
        services.GetRequiredService<HistoryRoutes>().Map(app);
        services.GetRequiredService<WriteRoutes>().Map(app);
        services.GetRequiredService<FeedRoutes>().Map(app);
        services.GetRequiredService<LiveRoutes>().Map(app);
        HealthRoutes.Map(app);
        app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(Needs.Read);
        services.GetRequiredService<PageRoutes>().Map(app);
    }
}
