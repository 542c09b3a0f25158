using Doozer.Cli.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>What callers saw in a while.</summary>
/// <param name="Writes">Latencies of the writes in milliseconds, in order.</param>
/// <param name="Reads">Latencies of the linearizable reads.</param>
/// <param name="Errors">Calls that were refused or whose outcome is unknown.</param>
internal sealed record SoakFigures(double[] Writes, double[] Reads, int Errors)
{
    public static double Percentile(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)];
}

/// <summary>An Orleans application outside of the cluster with many callers, each of whom calls again as soon as it is answered.</summary>
internal sealed class SoakLoad : IAsyncDisposable
{
    private const int FilesPerCaller = 50;
    private const int ValueBytes = 128;
    private readonly CancellationTokenSource _stop = new();
    private readonly IHost _host;
    private readonly Lock _lock = new();
    private readonly List<Task> _callers = [];
    private List<double> _writes = [];
    private List<double> _reads = [];
    private int _errors;

    public SoakLoad(IReadOnlyList<ServerAddress> nodes)
    {
        var registers = string.Join('&', nodes.Select(node => $"ca={node.Host}:{node.Port + 15_000}"));
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client.UseDoozerClustering(options => options.Uri = $"doozer:?{registers}").UseDoozer());
        _host = builder.Build();
    }

    /// <summary>Starts the callers: one in two writes, the others read what it writes.</summary>
    public async Task StartAsync(int callers)
    {
        await _host.StartAsync();
        var doozer = _host.Services.GetRequiredService<IDoozer>();
        for (var caller = 0; caller < callers; caller++)
        {
            var (directory, writes) = ($"/soak/{caller / 2}", caller % 2 == 0);
            _callers.Add(Task.Run(() => CallAsync(doozer, directory, writes)));
        }
    }

    /// <summary>The figures since the last call.</summary>
    public SoakFigures Take()
    {
        List<double> writes, reads;
        lock (_lock)
        {
            (writes, reads, _writes, _reads) = (_writes, _reads, [], []);
        }

        return new SoakFigures([.. writes.Order()], [.. reads.Order()], Interlocked.Exchange(ref _errors, 0));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_callers);
        await _host.StopAsync();
        _host.Dispose();
        _stop.Dispose();
    }

    private async Task CallAsync(IDoozer doozer, string directory, bool writes)
    {
        var value = new byte[ValueBytes];
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var path = $"{directory}/{number % FilesPerCaller}";
            var start = TimeProvider.System.GetTimestamp();
            try
            {
                if (writes)
                {
                    await doozer.SetAsync(path, value, Revision.Clobber, CancellationToken.None);
                }
                else
                {
                    await doozer.GetAsync(path, cancellationToken: CancellationToken.None);
                }
            }
            catch (DoozerException)
            {
                Interlocked.Increment(ref _errors);
                continue;
            }

            var took = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
            lock (_lock)
            {
                (writes ? _writes : _reads).Add(took);
            }
        }
    }
}
