namespace Doozer.Cli.Bench;

/// <summary>Shows how a phase goes while it runs, on standard error.</summary>
internal interface IProgressView
{
    /// <summary>Shows a phase until it ends.</summary>
    Task<TimeSpan> FollowAsync(string name, Recorder recorder, Task<TimeSpan> phase);
}

/// <summary>A plain line now and then.</summary>
internal sealed class PlainProgress(Action<string> show, TimeSpan interval) : IProgressView
{
    public async Task<TimeSpan> FollowAsync(string name, Recorder recorder, Task<TimeSpan> phase)
    {
        var before = 0L;
        while (await Task.WhenAny(phase, Task.Delay(interval)) != phase)
        {
            var count = recorder.Count;
            var errors = recorder.Errors.Values.Sum();
            show($"{name}: {count} done, {(count - before) / interval.TotalSeconds:0}/s{(errors > 0 ? $", {errors} errors ({recorder.LastError})" : "")}");
            before = count;
        }

        return await phase;
    }
}
