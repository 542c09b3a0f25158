using System.CommandLine;
using Doozer.Cli.Bench;
using Doozer.Cli.CommandLine;
using Doozer.Cli.Sessions;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer bench</c></summary>
internal sealed class BenchCommand : Verb
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    internal override string Name => "bench";

    internal override string Arguments => "<workload>";

    internal override string Summary => "put a load on a cluster and measure it";

    internal override string Details => """
        Puts a load on the cluster and prints how many operations a second it did and
        how long they took. <workload> and the options are named as in etcd's own
        benchmark tool:

          put            write whole files
          range          read files, linearizably; they are written first
          watch          write at a rate while many watches are told of it
          watch-latency  one write after the other: how long until each watch, and
                         until the last, has it

          --clients N          requests under way at once (default 1)
          --conns N            connections, to the URI's servers in turn (default 1)
          --total N            requests in all (default 10000)
          --duration TIME      measure for this long instead, for example 10s
          --warm-up TIME       the same load before that, not measured (default 3s)
          --key-size N         characters of a file's name, at least (default 8)
          --val-size N         bytes of a value (default 8)
          --rate N             requests a second; 0, the default, is no limit
          --key-space-size N   how many files are touched (default 1)
          --sequential-keys    touch them in turn instead of at random
          --streams, --watch-per-stream, --watched-key-total, --put-total, --put-rate
                               as in etcd's tool, for the watches
          --json               print the result as JSON

        It writes files below /bench/ and leaves them there.

        """;

    internal override IEnumerable<Option> OptionsOf(Options options) => [options.Json, .. options.Bench.All];

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        (LoadSettings load, Func<WatchSettings, WatchSettings> readWatches) = context.Options.Bench!.Value;
        Func<SessionPool, IProgressView, Task<LoadResult>> workload = context.Arguments[0] switch
        {
            "put" => (sessions, view) => new LoadRun(load, sessions, new PlainMetering(), view).PutAsync(cancellationToken),
            "range" => (sessions, view) => new LoadRun(load, sessions, new PlainMetering(), view).RangeAsync(null, true, cancellationToken),
            "watch" => (sessions, view) => Watch(sessions, view, new WatchSettings()).ThroughputAsync(cancellationToken),
            "watch-latency" => (sessions, view) => Watch(sessions, view, WatchSettings.ForLatency).LatencyAsync(cancellationToken),
            var other => throw new UsageException($"bench: \"{other}\" is none of put, range, watch, watch-latency", Name),
        };

        DoozerUri uri = await context.FindClusterAsync(cancellationToken);
        await using SessionPool sessions = await SessionPool.OpenAsync(load.Connections, index => OpenAsync(uri, index, cancellationToken));
        LoadResult result = await workload(sessions, new PlainProgress(context.Console.WriteError, ProgressInterval));
        context.Output.Write(context.Options.Json ? LoadReport.ToJson(result) + "\n" : LoadReport.ToText(result));
        return result.Operations > 0 ? ExitCode.Success : ExitCode.Failure;

        WatchRun Watch(SessionPool pool, IProgressView view, WatchSettings defaults) =>
            new(load, readWatches(defaults), pool, new PlainMetering(), view);
    }

    private static async Task<ISession> OpenAsync(DoozerUri uri, int index, CancellationToken cancellationToken)
    {
        var address = uri.Addresses[index % uri.Addresses.Count];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ConnectTimeout);
        try
        {
            return new TcpSession(await Connector.OpenAsync(uri, address, patience.Token));
        }
        catch (Exception exception) when (exception is not DoozerException && !cancellationToken.IsCancellationRequested)
        {
            throw new DoozerException(
                $"cannot connect to {address}: {(patience.IsCancellationRequested ? $"no answer within {ConnectTimeout.TotalSeconds:0} s" : exception.Message)}");
        }
    }
}
