using System.Diagnostics;
using System.Text;
using Doozer.Cli.Wire;

namespace Orleans.Doozer.SystemTests;

/// <summary>A doozerd: killed for real, and started again on the same data directory.</summary>
internal sealed class DoozerdProcess(string host, int port, IReadOnlyList<string> arguments) : IAsyncDisposable
{
    private readonly StringBuilder _log = new();
    private Process? _process;
    private TaskCompletionSource _serves = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DoozerdProcess(int port, int? attach, string data)
        : this("127.0.0.1", port, [
            "-l", $"127.0.0.1:{port}", "-w", "false", "-d", data, .. attach is null ? Array.Empty<string>() : ["-a", $"127.0.0.1:{attach}"]])
    {
    }

    public int Port => port;

    public ServerAddress Address => new(host, port);

    /// <summary>The file to run: the one that was built, unless told otherwise.</summary>
    public string Program { get; init; } = Programs.Doozerd;

    /// <summary>A command that runs the program, such as one that enters a network namespace and then becomes it.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>Where it is started.</summary>
    public string WorkingDirectory { get; init; } = Path.GetTempPath();

    /// <summary>A file that its log is added to as well, if somebody may want to read it afterwards.</summary>
    public string? LogFile { get; init; }

    /// <summary>The running process.</summary>
    public Process Process => _process ?? throw new InvalidOperationException($"doozerd at {Address} was not started");

    /// <summary>Variables that it is started with.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string Uri => $"doozer:?ca={host}:{port}";

    /// <summary>Completes with the exit code when the process has ended and all it said is in <see cref="Log"/>.</summary>
    public async Task<int> EndAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts the process without waiting for it.</summary>
    public void Start()
    {
        var serves = _serves = new(TaskCreationOptions.RunContinuationsAsynchronously);
        string[] command = [.. Wrapper, Program, .. arguments];
        Keep($"--- started: {string.Join(' ', command)}");
        _process = Programs.Start(command[0], command[1..], WorkingDirectory, environment: Environment);
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                Note(line.Data);
            }

            if (line.Data?.Contains("serves on", StringComparison.Ordinal) == true)
            {
                serves.TrySetResult();
            }
        };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Waits until it serves clients.</summary>
    public async Task WaitAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var process = Process;
        var ended = process.WaitForExitAsync(patience.Token);
        if (await Task.WhenAny(_serves.Task, ended) == ended)
        {
            throw new TimeoutException(
                $"doozerd at {Address} {(process.HasExited ? $"ended with {process.ExitCode} and" : "after 60 s")} does not serve:\n{Log}");
        }

        await patience.CancelAsync();
    }

    /// <summary>kill -9: nothing is flushed, nobody is told.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        Signal("TERM");
        return await EndAsync();
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
    }

    private void Note(string line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
            Keep(line);
        }
    }

    private void Keep(string line)
    {
        if (LogFile is not null)
        {
            File.AppendAllText(LogFile, line + System.Environment.NewLine);
        }
    }
}
