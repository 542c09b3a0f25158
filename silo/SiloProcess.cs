using System.Net;
using System.Net.Sockets;
using Doozer.Silo.Boot;
using Doozer.Silo.Web;
using Orleans.Configuration;
using Orleans.Doozer.Clustering;
using Orleans.Doozer.Runtime.Diagnostics;
using Orleans.Doozer.Runtime.Stores;
using Orleans.Doozer.Viewer;

namespace Doozer.Silo;

/// <summary>One doozerd process: lives of a silo, one after the other, until it is asked to stop.</summary>
internal static class SiloProcess
{
    private const int MinThreads = 4;

    /// <summary>Runs until it is asked to stop.</summary>
    /// <returns>Whether it stopped because it was asked to; false when it had to.</returns>
    public static async Task<bool> RunAsync(SiloSettings settings)
    {
        // Probes and heartbeats must find a thread while others wait for a lock. Not more: every thread that finds nothing to do takes the
        // processor from those that have something, on a small machine from the other nodes too.
        ThreadPool.SetMinThreads(Math.Max(MinThreads, Environment.ProcessorCount), MinThreads);
        foreach (var port in new[] { settings.Listen.Port, settings.SiloPort, settings.GatewayPort, settings.RegisterPort })
        {
            RequireFree(new IPEndPoint(settings.Listen.Address, port));
        }

        using var shown = new ViewerNode();
        await using var web = await WebView.StartAsync(settings, shown, logging => AddLogging(logging, ReadConfiguration(new())));
        using var metrics = new DoozerMetrics();
        while (true)
        {
            var (again, reason) = await LiveAsync(settings, metrics, shown, web);
            if (reason is not null)
            {
                Console.Error.WriteLine($"doozerd: this node had to stop: {reason.Message.ReplaceLineEndings(" ")}");
            }

            if (!again)
            {
                return reason is null;
            }

            shown.Pause(ViewerNode.Restarting, "the other silos went on without this one; it starts again");
        }
    }

    private static async Task<(bool Again, Exception? Reason)> LiveAsync(
        SiloSettings settings, DoozerMetrics metrics, ViewerNode shown, WebView web)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "doozerd" });
        ReadConfiguration(builder.Configuration);
        AddLogging(builder.Logging, builder.Configuration);
        var doozer = new DoozerOptions();
        Configure(doozer, settings);

        using var signals = new StopSignals();
        using var loggers = LoggerFactory.Create(logging => AddLogging(logging, builder.Configuration));
        var fault = new NodeFault(() => signals.Stop());
        using var identity = NodeIdentity.Open(doozer);
        await using var journal = new NodeJournal(identity, fault, metrics, loggers);
        using var names = settings.Boot is { } boot
            ? new NameService(boot, settings.ClusterName, TimeProvider.System, loggers.CreateLogger<NameService>()) : null;
        if (settings.Attach.Count > 0)
        {
            var asked = settings.Attach.Select(register => register with { Port = register.Port - SiloSettings.RegisterOffset });
            shown.Explain($"it looks for its cluster at {string.Join(", ", asked)}");
        }

        var join = await MustJoinAsync(settings, identity, names, signals.Token);
        await journal.FoundClusterAsync(join, signals.Token);
        await using var register = new RegisterNode(CreateRegisterOptions(settings, identity, journal, names), loggers.CreateLogger<RegisterNode>());
        await register.StartAsync(signals.Token);
        identity.AdoptCluster(register.ClusterId);

        builder.Services.AddSingleton(fault).AddSingleton(identity).AddSingleton(journal).AddSingleton(metrics);
        builder.Services.AddSingleton<DeathWatch>().AddSingleton<IFatalErrorHandler>(services => services.GetRequiredService<DeathWatch>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Host.UseOrleans(silo => silo
            .UseDoozerClustering(register)
            .AddDoozer(options =>
            {
                Configure(options, settings);
                options.Join = join;
            })
            .Configure<EndpointOptions>(endpoints =>
            {
                endpoints.AdvertisedIPAddress = settings.Listen.Address;
                endpoints.SiloPort = settings.SiloPort;
                endpoints.GatewayPort = settings.GatewayPort;
                endpoints.SiloListeningEndpoint = new IPEndPoint(settings.Listen.Address, settings.SiloPort);
                endpoints.GatewayListeningEndpoint = new IPEndPoint(settings.Listen.Address, settings.GatewayPort);
            }));
        builder.Services.AddHostedService<RegisterKeeper>();
        if (names is not null)
        {
            builder.Services.AddSingleton(names).AddHostedService<NameKeeper>();
        }

        AddGateway(builder, settings, register);

        await using var app = builder.Build();
        var death = app.Services.GetRequiredService<DeathWatch>();
        try
        {
            await app.StartAsync(signals.Token);
        }
        catch (OperationCanceledException) when (death.HasDied && !signals.Token.IsCancellationRequested)
        {
            // Declared dead before it had started: the next life begins in another second, with a generation of its own.
            await Task.Delay(TimeSpan.FromSeconds(1), signals.Token);
            return (true, fault.Reason);
        }

        Announce(settings, identity, register, web);
        shown.Serve(app.Services);
        var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        using (lifetime.ApplicationStopping.Register(() => shown.Pause(
            death.HasDied ? ViewerNode.Restarting : ViewerNode.Stopped, fault.Reason?.Message ?? "the silo stops")))
        using (signals.Token.Register(lifetime.StopApplication))
        {
            await app.WaitForShutdownAsync();
        }

        return (death.HasDied && !signals.Token.IsCancellationRequested, fault.Reason);
    }

    private static void Configure(DoozerOptions options, SiloSettings settings)
    {
        options.DataDirectory = settings.DataDirectory;
        options.InMemory = settings.DataDirectory is null;
        options.ClusterName = settings.ClusterName;
        options.Address = settings.Name.ToString();
        options.History = settings.History;
        options.Pulse = settings.Pulse;
        options.Voters = settings.Voters;
        options.VoterTimeout = settings.VoterTimeout;
        options.Zone = settings.Zone;
        options.RefuseOtherGrains = true;
        options.NodeFiles[RegisterKeeper.AddressFile] = settings.RegisterAddress;
    }

    /// <summary>Whether the node may only join: it was told whom to attach to, or another node was first to take the cluster's name.</summary>
    private static async Task<bool> MustJoinAsync(
        SiloSettings settings, NodeIdentity identity, NameService? names, CancellationToken cancellationToken) =>
        settings.Attach.Count > 0
        || (names is not null && identity.ClusterId is null && !await names.TakeAsync(identity.Self, cancellationToken));

    private static void AddGateway(WebApplicationBuilder builder, SiloSettings settings, RegisterNode register)
    {
        builder.Services.AddDoozerGateway(gateway =>
        {
            gateway.ReadWriteSecret = settings.ReadWriteSecret;
            gateway.ReadOnlySecret = settings.ReadOnlySecret;
            gateway.MembershipKeepers = () => register.Acceptors.Select(acceptor => acceptor.Node.Value);
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(settings.Listen, listen =>
        {
            if (settings.TlsCertificate is not null)
            {
                listen.UseTls(settings.TlsCertificate, settings.TlsKey!);
            }

            listen.UseDoozerGateway();
        }));
    }

    private static RegisterNodeOptions CreateRegisterOptions(
        SiloSettings settings, NodeIdentity identity, NodeJournal journal, NameService? names)
    {
        var options = new RegisterNodeOptions
        {
            Self = identity.Self,
            ClusterId = identity.ClusterId,
            ClusterName = settings.ClusterName,
            ListenEndpoint = new IPEndPoint(settings.Listen.Address, settings.RegisterPort),
            AdvertisedAddress = settings.RegisterAddress,
            Storage = new JournalRegisterStorage(journal.Journal),
            Discover = names is null ? null : names.FindRegistersAsync,
        };
        foreach (var address in settings.Attach)
        {
            options.Attach.Add(address.ToString());
        }

        return options;
    }

    private static ConfigurationManager ReadConfiguration(ConfigurationManager configuration)
    {
        configuration
            .AddJsonFile(Path.Combine(Environment.CurrentDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables("DOOZER_");
        return configuration;
    }

    private static void AddLogging(ILoggingBuilder logging, ConfigurationManager configuration)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Orleans.Doozer", LogLevel.Information);
        logging.AddFilter("Doozer", LogLevel.Information);

        // What Orleans reports as errors while a peer is down is expected here and told by our own lines.
        logging.AddFilter("Orleans", LogLevel.Error);
        logging.AddConfiguration(configuration.GetSection("Logging"));
    }

    private static void Announce(SiloSettings settings, NodeIdentity identity, RegisterNode register, WebView web)
    {
        foreach (var notice in settings.Notices)
        {
            Console.Error.WriteLine($"doozerd: {notice}");
        }

        Console.Error.WriteLine(
            $"doozerd: node {identity.Self} of cluster '{register.ClusterName}' ({register.ClusterId}) serves on {settings.Name}; "
            + (settings.DataDirectory is { } directory ? $"data in {Path.GetFullPath(directory)}" : "nothing is kept on disk"));
        if (web.Notice is { } about)
        {
            Console.Error.WriteLine($"doozerd: {about}");
        }
    }

    private static void RequireFree(IPEndPoint endpoint)
    {
        try
        {
            using var probe = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(endpoint);
        }
        catch (SocketException exception)
        {
            throw new SettingsException(exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"the address {endpoint} is in use; stop the process that has it, or choose another -l"
                : $"the address {endpoint} cannot be bound: {exception.Message}; choose another -l");
        }
    }
}
