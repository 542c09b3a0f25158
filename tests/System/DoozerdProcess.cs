using System.Diagnostics;
using System.Text;

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
        _process = Programs.Start(Programs.Doozerd, arguments, Path.GetTempPath(), environment: Environment);
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
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
        try
        {
            await _serves.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"doozerd at {host}:{port} does not serve after 60 s:\n{Log}");
        }
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
}
