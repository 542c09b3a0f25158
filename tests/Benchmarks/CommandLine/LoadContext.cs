using System.CommandLine;
using Orleans.Doozer.Benchmarks.Load;
using Orleans.Doozer.Benchmarks.Servers;
using Orleans.Doozer.Benchmarks.Sessions;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>What a load runs against: given servers, or three that live as long as it does; and the connections to them.</summary>
internal sealed class LoadContext : IAsyncDisposable
{
    private readonly DoozerdCluster? _own;

    private LoadContext(LoadSettings settings, DoozerdCluster? own, SessionPool sessions, Metering metering) =>
        (Settings, _own, Sessions, Metering) = (settings, own, sessions, metering);

    public LoadSettings Settings { get; }

    public SessionPool Sessions { get; }

    public Metering Metering { get; }

    /// <summary>Starts what is to be started and connects.</summary>
    /// <exception cref="UsageException">An option is wrong, or nobody answers.</exception>
    public static async Task<LoadContext> OpenAsync(LoadOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = options.ReadSettings(parsed);
        var servers = options.ReadServers(parsed);
        var own = servers.Endpoints.Count > 0 ? null : await StartAsync(servers, cancellationToken);
        try
        {
            (string, int)[] processes = own is null
                ? [.. servers.ProcessIds.Select((id, index) => ($"server-{index}", id))]
                : [.. own.Processes.Select(process => (process.Name, process.Id))];
            var sessions = await SessionOpener.OpenAsync(
                settings.Protocol, own?.Endpoints ?? servers.Endpoints, settings.Connections, servers.ClusterName, cancellationToken);
            return new LoadContext(settings, own, sessions, new Metering(processes));
        }
        catch when (own is not null)
        {
            await own.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Sessions.DisposeAsync();
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
    }

    private static async Task<DoozerdCluster> StartAsync(ServerSettings servers, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("starting three doozerd");
        return await DoozerdCluster.StartAsync(
            new ClusterSettings(DoozerdProgram.Find(servers.Doozerd), servers.Data) { Options = ["-c", servers.ClusterName] }, cancellationToken);
    }
}
