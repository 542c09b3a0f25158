using Spectre.Console;

namespace Orleans.Doozer.Benchmarks.Load;

/// <summary>Shows how a phase goes while it runs, on standard error.</summary>
internal interface IProgressView
{
    /// <summary>Shows a phase until it ends.</summary>
    Task<TimeSpan> FollowAsync(string name, Recorder recorder, Task<TimeSpan> phase);
}

/// <summary>Shows nothing: for a caller that reports by itself.</summary>
internal sealed class SilentView : IProgressView
{
    public Task<TimeSpan> FollowAsync(string name, Recorder recorder, Task<TimeSpan> phase) => phase;
}

/// <summary>A line that changes on a terminal; elsewhere a plain line every second.</summary>
internal sealed class ProgressView : IProgressView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    public async Task<TimeSpan> FollowAsync(string name, Recorder recorder, Task<TimeSpan> phase)
    {
        if (Console.IsErrorRedirected)
        {
            await FollowAsync(name, recorder, phase, Console.Error.WriteLine);
        }
        else
        {
            await _console.Status().StartAsync(
                Markup.Escape(name), context => FollowAsync(name, recorder, phase, line => context.Status = Markup.Escape(line)));
        }

        return await phase;
    }

    private static async Task FollowAsync(string name, Recorder recorder, Task phase, Action<string> show)
    {
        long before = 0;
        while (await Task.WhenAny(phase, Task.Delay(Interval)) != phase)
        {
            var count = recorder.Count;
            var errors = recorder.Errors.Values.Sum();
            show($"{name}: {count} done, {count - before}/s{(errors > 0 ? $", {errors} errors ({recorder.LastError})" : "")}");
            before = count;
        }
    }
}
