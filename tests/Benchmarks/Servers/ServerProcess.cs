using System.Diagnostics;

namespace Orleans.Doozer.Benchmarks.Servers;

/// <summary>A server that this program started: what it prints goes to a file, and it can be stopped, frozen and killed.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    public ServerProcess(string name, string program, IEnumerable<string> arguments, string directory)
    {
        Name = name;
        LogFile = Path.Combine(directory, $"{name}.log");

        // exec: the shell only opens the log and then is the program, so the id is the program's own.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = directory };
        string[] all = ["-c", "exec \"$0\" \"$@\" >>\"$BENCHMARK_LOG\" 2>&1 </dev/null", program, .. arguments];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["BENCHMARK_LOG"] = LogFile;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }

    public string Name { get; }

    public int Id => _process.Id;

    public string LogFile { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>kill -9: nothing is flushed, nobody is told.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    /// <summary>Sends a signal by its name.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
        kill.WaitForExit();
    }

    /// <summary>The end of its log, for an error message.</summary>
    public string LogTail() => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(10)) : "";

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
