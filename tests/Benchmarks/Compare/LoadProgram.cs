using System.Diagnostics;

namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>Runs a load as a process of its own, ours like those for the peers, so that all are measured alike.</summary>
internal static class LoadProgram
{
    /// <summary>Runs it and reads the JSON that it prints.</summary>
    /// <exception cref="UsageException">It failed.</exception>
    public static async Task<LoadResult> MeasureAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var output = await RunAsync(program, arguments, cancellationToken);
        return LoadReport.FromJson(output) ?? throw new UsageException($"{program} printed no result");
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="UsageException">It failed.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? await output
                : throw new UsageException($"{Path.GetFileName(program)} {string.Join(' ', process.StartInfo.ArgumentList)}: {(await error).Trim()}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Starts it with its streams at hand.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new UsageException($"{program} did not start");
    }
}

/// <summary>A load that runs beside a measurement and takes commands on standard input.</summary>
internal sealed class HelperProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Task<string> _errors;

    private HelperProgram(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    /// <exception cref="UsageException">It ended instead, or takes more than a minute.</exception>
    public static async Task<HelperProgram> StartAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var helper = new HelperProgram(LoadProgram.Start(program, arguments));
        try
        {
            return await helper.ReadAsync(cancellationToken).WaitAsync(Patience, cancellationToken) == "ready"
                ? helper
                : throw new UsageException($"{Path.GetFileName(program)} {arguments[0]} did not get ready");
        }
        catch (TimeoutException)
        {
            await helper.DisposeAsync();
            throw new UsageException($"{Path.GetFileName(program)} {arguments[0]} was not ready after {Patience.TotalSeconds:0} s");
        }
        catch
        {
            await helper.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a command that has no answer.</summary>
    public async Task TellAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    public async Task<string> AskAsync(string command, CancellationToken cancellationToken)
    {
        await TellAsync(command);
        return await ReadAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken)
        ?? throw new UsageException($"{Path.GetFileName(_process.StartInfo.FileName)} ended: {(await _errors).Trim()}");
}
