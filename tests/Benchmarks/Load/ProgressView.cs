using Spectre.Console;
using Recorder = Doozer.Cli.Bench.Recorder;

namespace Orleans.Doozer.Benchmarks.Load;

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

    public Task<TimeSpan> FollowAsync(string name, Recorder recorder, Task<TimeSpan> phase) => Console.IsErrorRedirected
        ? new PlainProgress(Console.Error.WriteLine, Interval).FollowAsync(name, recorder, phase)
        : _console.Status().StartAsync(
            Markup.Escape(name),
            context => new PlainProgress(line => context.Status = Markup.Escape(line), Interval).FollowAsync(name, recorder, phase));
}
