namespace Doozer.Cli.Bench;

/// <summary>Runs one workload: prepares it, warms up, measures.</summary>
internal sealed class LoadRun(LoadSettings settings, SessionPool sessions, IMetering metering, IProgressView view)
{
    // How many writes prepare the key space side by side.
    private const int FillClients = 256;
    private readonly KeySpace _keys = new(settings);
    private readonly ReadOnlyMemory<byte> _value = CreateValue(settings.ValueSize);

    /// <summary>Writes whole files.</summary>
    public Task<LoadResult> PutAsync(CancellationToken cancellationToken) =>
        MeasureAsync("put", (client, request) => sessions[client].PutAsync(_keys.ForRequest(request), _value), cancellationToken);

    /// <summary>Reads files that exist.</summary>
    public async Task<LoadResult> RangeAsync(string? key, bool isLinearizable, CancellationToken cancellationToken)
    {
        if (key is null)
        {
            await FillAsync(cancellationToken);
        }

        return await MeasureAsync(
            isLinearizable ? "range linearizable" : "range local",
            (client, request) => sessions[client].GetAsync(key ?? _keys.ForRequest(request), isLinearizable),
            cancellationToken);
    }

    /// <summary>Asks for what costs the store nothing: the ceiling for everything else.</summary>
    public Task<LoadResult> NullAsync(CancellationToken cancellationToken) =>
        MeasureAsync("null", (client, _) => sessions[client].NullAsync(), cancellationToken);

    /// <summary>Writes every file of the key space once.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        var recorder = new Recorder(sessions.KindOf);
        var phase = new LoadPhase(
            settings with { Clients = (int)Math.Min(FillClients, _keys.Size), Rate = 0 },
            (client, request) => sessions[client].PutAsync(_keys[request], _value),
            recorder);
        await view.FollowAsync($"writing {_keys.Size} files", recorder, phase.RunAsync(_keys.Size, null, cancellationToken));
        if (recorder.Count < _keys.Size)
        {
            throw new DoozerException($"only {recorder.Count} of {_keys.Size} files could be written: {recorder.LastError}");
        }
    }

    private async Task<LoadResult> MeasureAsync(string workload, Func<int, long, Task> operation, CancellationToken cancellationToken)
    {
        if (settings.WarmUp > TimeSpan.Zero)
        {
            var ignored = new Recorder(sessions.KindOf);
            await view.FollowAsync(
                "warming up", ignored, new LoadPhase(settings, operation, ignored).RunAsync(null, settings.WarmUp, cancellationToken));
        }

        var recorder = new Recorder(sessions.KindOf);
        var meter = metering.Start();
        var total = settings.Duration is null ? settings.Total : (long?)null;
        var elapsed = await view.FollowAsync(
            workload, recorder, new LoadPhase(settings, operation, recorder).RunAsync(total, settings.Duration, cancellationToken));
        return meter.Stop(workload, settings, sessions, elapsed, recorder.Count, recorder);
    }

    private static byte[] CreateValue(int size)
    {
        var value = new byte[size];
        Random.Shared.NextBytes(value);
        return value;
    }
}
