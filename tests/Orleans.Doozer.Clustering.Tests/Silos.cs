using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests;

public interface IEchoGrain : IGrainWithIntegerKey
{
    Task<string> Echo(string text);
}

public sealed class EchoGrain : Grain, IEchoGrain
{
    public Task<string> Echo(string text) => Task.FromResult(text);
}

/// <summary>
/// Real silos over loopback TCP. A silo is killed by cutting its sockets and freezing its table: its process is this one, which
/// has to live on, but to the others it is gone without a word.
/// </summary>
internal sealed class Silos : IAsyncDisposable
{
    private readonly Dictionary<int, (NodeId Node, MemoryRegisterStorage Storage, int Silo, int Gateway, int Register)> _seats = [];

    public Dictionary<int, IHost> Hosts { get; } = [];

    public string RegisterAddress(int index) => $"127.0.0.1:{_seats[index].Register}";

    public async Task<IHost> StartAsync(int index)
    {
        var host = Create(index);
        await host.StartAsync();
        Hosts[index] = host;
        return host;
    }

    /// <summary>Starts silos at once; none may need another to be up first.</summary>
    public Task StartAsync(params int[] indexes) => Task.WhenAll(indexes.Select(StartOne));

    /// <summary>Makes the given silos' nodes the register's acceptors, as the silo program does when the voters change.</summary>
    public Task VoteAsync(params int[] indexes) => Node(indexes[0]).SetAcceptorsAsync(
        [.. indexes.Select(index => (_seats[index].Node, RegisterAddress(index)))]);

    public RegisterNode Node(int index) => Hosts[index].Services.GetRequiredService<RegisterNode>();

    public async Task StopAsync(int index)
    {
        Hosts.Remove(index, out var host);
        await host!.StopAsync();
        host.Dispose();
    }

    /// <summary>How the table at silo <paramref name="at"/> shows the rows of a node, newest generation first.</summary>
    public async Task<SiloStatus[]> StatusesAsync(int at, int of)
    {
        var state = await Node(at).ReadAsync();
        return [.. state.Rows.Values.Where(row => row.SiloName == _seats[of].Node.Value)
            .OrderByDescending(row => SiloAddress.FromParsableString(row.Silo).Generation).Select(row => (SiloStatus)row.Status)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts.Values)
        {
            using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            await Ignoring(host.StopAsync(hurry.Token));
            host.Dispose();
        }
    }

    public static async Task Ignoring(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private Task StartOne(int index) => StartAsync(index);

    private IHost Create(int index)
    {
        lock (_seats)
        {
            if (!_seats.ContainsKey(index))
            {
                _seats[index] = (NodeId.Parse($"SILO{index}"), new MemoryRegisterStorage(), FreePort(), FreePort(), FreePort());
            }
        }

        var seat = _seats[index];
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        if (Environment.GetEnvironmentVariable("DOOZER_TEST_LOG") is not null)
        {
            builder.Logging.AddSimpleConsole(console => console.TimestampFormat = "HH:mm:ss.fff ").SetMinimumLevel(LogLevel.Information);
        }

        builder.UseOrleans(silo =>
        {
            silo.UseDoozerClustering(options =>
            {
                options.Self = seat.Node;
                options.Storage = seat.Storage;
                options.ClusterId = index == 0 ? "silos" : null;
                options.ListenEndpoint = new IPEndPoint(IPAddress.Loopback, seat.Register);
                if (index > 0)
                {
                    options.Attach.Add(RegisterAddress(0));
                }
            });
            silo.ConfigureEndpoints(IPAddress.Loopback, seat.Silo, seat.Gateway);
            silo.Services.AddSingleton<IFatalErrorHandler, StayAlive>();
        });
        return builder.Build();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // Orleans ends the process of a silo that was voted dead; this process holds the other silos and the tests.
    private sealed class StayAlive : IFatalErrorHandler
    {
        public bool IsUnexpected(Exception exception) => false;

        public void OnFatalException(object? sender, string? context, Exception? exception)
        {
        }
    }
}
