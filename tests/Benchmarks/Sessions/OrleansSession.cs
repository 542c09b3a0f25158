using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Benchmarks.Sessions;

/// <summary>An Orleans client of its own, connected to every gateway, with the library that applications use.</summary>
internal sealed class OrleansSession : ISession
{
    // Where doozerd's membership register listens, above -l (silo/README.md).
    private const int RegisterOffset = 15_000;

    // As many front doors as DoozerClient uses by default.
    private const int FrontDoors = 8;

    private readonly IHost _host;
    private readonly IDoozer _doozer;
    private readonly IStoreGrain[] _doors;
    private int _turn;

    private OrleansSession(IHost host)
    {
        _host = host;
        _doozer = host.Services.GetRequiredService<IDoozer>();
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        _doors = [.. Enumerable.Range(0, FrontDoors).Select(index => grains.GetGrain<IStoreGrain>(StoreGrainKeys.Create(_doozer.Store, index)))];
    }

    /// <summary>Connects; fails when no register answers.</summary>
    public static async Task<OrleansSession> OpenAsync(
        IReadOnlyList<Endpoint> endpoints, string clusterName, CancellationToken cancellationToken)
    {
        var registers = string.Join('&', endpoints.Select(endpoint => $"ca={endpoint.Host}:{endpoint.Port + RegisterOffset}"));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseDoozerClustering(options =>
            {
                options.Uri = $"doozer:?{registers}";
                options.ClusterName = clusterName;
            })
            .UseDoozer());
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new OrleansSession(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async Task<long> PutAsync(string path, ReadOnlyMemory<byte> value) =>
        (await _doozer.SetAsync(path, value, Revision.Clobber)).Value;

    public Task GetAsync(string path, bool isLinearizable) =>
        _doozer.GetAsync(path, isLinearizable ? DoozerRead.Linearizable : DoozerRead.Local);

    public Task NullAsync() => _doors[(uint)Interlocked.Increment(ref _turn) % FrontDoors].Route();

    public async Task<long> RevisionAsync() => (await _doozer.RevisionAsync()).Value;

    public async IAsyncEnumerable<long> WatchAsync(
        string path, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in _doozer.WatchAsync(path, new Revision(from), cancellationToken))
        {
            yield return change.Revision.Value;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
