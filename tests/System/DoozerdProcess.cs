using System.Diagnostics;
using System.Text;

namespace Orleans.Doozer.SystemTests;

/// <summary>A doozerd: killed for real, and started again on the same data directory.</summary>
internal sealed class DoozerdProcess(int port, int? attach, string data) : IAsyncDisposable
{
    private readonly StringBuilder _log = new();
    private Process? _process;
    private TaskCompletionSource _serves = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Port => port;

    public string Uri => $"doozer:?ca=127.0.0.1:{port}";

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
        string[] arguments = ["-l", $"127.0.0.1:{port}", "-w", "false", "-d", data];
        if (attach is not null)
        {
            arguments = [.. arguments, "-a", $"127.0.0.1:{attach}"];
        }

        var serves = _serves = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Programs.Start(Programs.Doozerd, arguments, Path.GetTempPath());
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
            throw new TimeoutException($"doozerd on port {port} does not serve after 60 s:\n{Log}");
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
        using var kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
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
