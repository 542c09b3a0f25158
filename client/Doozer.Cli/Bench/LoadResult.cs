namespace Doozer.Cli.Bench;

/// <summary>What a load measured.</summary>
internal sealed record LoadResult
{
    public required string Workload { get; init; }

    public required string Protocol { get; init; }

    public required int Clients { get; init; }

    public required int Connections { get; init; }

    public required double Seconds { get; init; }

    public required long Operations { get; init; }

    public double OperationsPerSecond => Operations / Seconds;

    /// <summary>Milliseconds from sending (with a rate: from when it was due) to the answer.</summary>
    public required Latency Latency { get; init; }

    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    public string? LastError { get; init; }

    /// <summary>For one write that many watches see: milliseconds until the last has it.</summary>
    public Latency? LastWatcher { get; init; }

    /// <summary>How many changes watches were told of.</summary>
    public long? Events { get; init; }

    /// <summary>The part that everybody measures.</summary>
    public static LoadResult Create(
        string workload, LoadSettings settings, SessionPool sessions, TimeSpan elapsed, long operations, Recorder recorder) => new()
        {
            Workload = workload,
            Protocol = settings.Protocol == WireProtocol.Tcp ? "tcp" : "orleans",
            Clients = settings.Clients,
            Connections = sessions.Count,
            Seconds = elapsed.TotalSeconds,
            Operations = operations,
            Latency = recorder.Latency,
            Errors = recorder.Errors,
            LastError = recorder.LastError,
        };

    /// <summary>CPU and memory of each server while it was measured.</summary>
    public IReadOnlyList<ProcessUsage> Servers { get; init; } = [];

    /// <summary>The same of the load itself.</summary>
    public ProcessUsage? Load { get; init; }

    /// <summary>What everything else on the machine took, in cores: a disturbed measurement shows here.</summary>
    public double? OtherCores { get; init; }
}

/// <summary>What a process used during a measurement.</summary>
/// <param name="Name">What it is.</param>
/// <param name="ProcessId">Its id.</param>
/// <param name="Cores">CPU seconds per second.</param>
/// <param name="MemoryMb">Resident memory at the end, in MiB.</param>
/// <param name="PeakMemoryMb">The most it has ever had resident, in MiB.</param>
internal sealed record ProcessUsage(string Name, int ProcessId, double Cores, double MemoryMb, double PeakMemoryMb);
