using System.Globalization;

namespace Orleans.Doozer.Benchmarks.Servers;

/// <summary>Measures processes by what Linux tells under /proc.</summary>
internal sealed class UsageMeter
{
    // USER_HZ: 100 on every Linux architecture that .NET runs on.
    private const double TicksPerSecond = 100;
    private readonly List<(string Name, int ProcessId, double CpuSeconds)> _start;

    /// <summary>Begins to measure.</summary>
    public UsageMeter(IEnumerable<(string Name, int ProcessId)> processes) =>
        _start = [.. processes.Select(process => (process.Name, process.ProcessId, ReadCpuSeconds(process.ProcessId)))];

    /// <summary>What was used since; a process that has ended is left out.</summary>
    public IReadOnlyList<ProcessUsage> Stop(TimeSpan elapsed) =>
    [
        .. _start.Where(process => IsAlive(process.ProcessId)).Select(process => new ProcessUsage(
            process.Name,
            process.ProcessId,
            (ReadCpuSeconds(process.ProcessId) - process.CpuSeconds) / elapsed.TotalSeconds,
            ReadMemoryMb(process.ProcessId, "VmRSS:"),
            ReadMemoryMb(process.ProcessId, "VmHWM:"))),
    ];

    /// <summary>Resident memory in MiB.</summary>
    public static double ReadMemoryMb(int processId) => ReadMemoryMb(processId, "VmRSS:");

    /// <summary>Whether there is such a process.</summary>
    public static bool IsAlive(int processId) => Directory.Exists($"/proc/{processId}");

    /// <summary>Memory of its own in MiB, without files mapped into it.</summary>
    public static double ReadOwnMemoryMb(int processId) => ReadMemoryMb(processId, "RssAnon:");

    private static double ReadCpuSeconds(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");

        // The name, in parentheses, may hold blanks: the fields are counted behind it, where the state is the third.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Parse(fields[11]) + Parse(fields[12])) / TicksPerSecond;
    }

    private static double ReadMemoryMb(int processId, string field)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim()) / 1024;
    }

    private static double Parse(string number) => double.Parse(number, CultureInfo.InvariantCulture);
}

/// <summary>Measures how busy the whole machine is.</summary>
internal sealed class MachineMeter
{
    private const double TicksPerSecond = 100;
    private readonly double _start = ReadBusySeconds();

    /// <summary>The cores that were busy since.</summary>
    public double Stop(TimeSpan elapsed) => (ReadBusySeconds() - _start) / elapsed.TotalSeconds;

    private static double ReadBusySeconds()
    {
        // cpu user nice system idle iowait irq softirq: all but idle and waiting for the disk.
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new[] { 1, 2, 3, 6, 7 }.Sum(field => double.Parse(fields[field], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
