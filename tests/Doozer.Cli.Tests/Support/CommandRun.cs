using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Doozer.Cli.Tests.Support;

/// <summary>Runs the real command line in this process, with streams, environment, chance and time in the test's hand.</summary>
internal sealed class CommandRun
{
    internal Dictionary<string, string> Environment { get; } = [];

    internal Stream Output { get; init; } = new MemoryStream();

    /// <summary>Stands still except while the command pauses: a pause takes no real time.</summary>
    internal FakeTimeProvider Time { get; } = new();

    internal List<TimeSpan> Pauses { get; } = [];

    internal async Task<CommandResult> RunAsync(string[] args, byte[] input, CancellationToken cancellationToken = default)
    {
        using var error = new MemoryStream();
        var console = new CliConsole(new MemoryStream(input), Output, error)
        {
            Variable = name => Environment.GetValueOrDefault(name),
            Random = new FirstRandom(),
            Time = Time,
            DelayAsync = PauseAsync,
        };

        // A test that hangs says so instead of holding up the suite.
        int exitCode = await Program.RunAsync(args, console, cancellationToken).WaitAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
        byte[] output = Output is MemoryStream memory ? memory.ToArray() : [];
        return new CommandResult(exitCode, output, Encoding.UTF8.GetString(error.ToArray()));
    }

    internal static Task<CommandResult> OfAsync(params string[] args) => new CommandRun().RunAsync(args, []);

    internal static Task<CommandResult> WithInputAsync(string input, params string[] args) =>
        new CommandRun().RunAsync(args, Encoding.UTF8.GetBytes(input));

    private async Task PauseAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        Pauses.Add(delay);
        Time.Advance(delay);
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Takes the first of what is left: addresses are tried in the order the URI gives them.</summary>
    private sealed class FirstRandom : Random
    {
        public override int Next(int maxValue) => 0;

        public override double NextDouble() => 0;
    }
}

/// <summary>What a run left behind.</summary>
internal sealed record CommandResult(int ExitCode, byte[] OutputBytes, string Error)
{
    internal string Output => Encoding.UTF8.GetString(OutputBytes);
}
