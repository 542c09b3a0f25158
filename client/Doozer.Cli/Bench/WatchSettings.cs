namespace Doozer.Cli.Bench;

/// <summary>What the watch workloads do beside <see cref="LoadSettings"/>; the names are those of etcd's own benchmark tool.</summary>
internal sealed record WatchSettings
{
    /// <summary>What watch-latency does where nothing else is said.</summary>
    public static WatchSettings ForLatency { get; } = new() { WatchesPerStream = 10, PutTotal = 100, PutRate = 10 };

    public int Streams { get; init; } = 10;

    public int WatchesPerStream { get; init; } = 100;

    /// <summary>Over how many files the watches are spread.</summary>
    public int WatchedKeyTotal { get; init; } = 1;

    public int PutTotal { get; init; } = 1000;

    /// <summary>Writes per second; 0 is no limit.</summary>
    public double PutRate { get; init; } = 100;

    public int Watches => Streams * WatchesPerStream;
}
