namespace Doozer.Cli.Bench;

/// <summary>Makes the result of a measurement, with whatever else it takes from the machine.</summary>
internal interface IMetering
{
    /// <summary>Begins.</summary>
    IMeter Start();
}

/// <summary>A measurement under way.</summary>
internal interface IMeter
{
    /// <summary>Ends and sums up.</summary>
    LoadResult Stop(string workload, LoadSettings settings, SessionPool sessions, TimeSpan elapsed, long operations, Recorder recorder);
}

/// <summary>Takes nothing from the machine: for a load that runs far from its servers.</summary>
internal sealed class PlainMetering : IMetering, IMeter
{
    public IMeter Start() => this;

    public LoadResult Stop(
        string workload, LoadSettings settings, SessionPool sessions, TimeSpan elapsed, long operations, Recorder recorder) =>
        LoadResult.Create(workload, settings, sessions, elapsed, operations, recorder);
}
