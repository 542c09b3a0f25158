using System.Globalization;

namespace Orleans.Doozer.Simulation;

public class SimulationTests
{
    [Fact]
    public void Simulation_DifferentSeeds_DifferentTraces()
    {
        Assert.NotEqual(SimRun.Run(1).Hash, SimRun.Run(2).Hash);
    }

    [Fact]
    public void Replica_FixedSeeds_SafeAndLive() => RunAll(1, 200);

    [Fact]
    public void Replica_FreshSeeds_SafeAndLive() => RunAll(SeedSweep.FreshSeed(), 100);

    // Seeds that failed before the faults in the README were fixed.
    [Fact]
    public void Replica_SeedsOfFormerFaults_SafeAndLive()
    {
        foreach (var seed in new ulong[]
            { 275, 390, 563, 901, 946, 978, 1065, 1559, 1798, 2058, 2119, 2345, 500149, 500197, 500605, 501709, 502456 })
        {
            RunAll(seed, 1);
        }
    }

    private static void RunAll(ulong first, ulong seeds)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var failed = new SeedSweep(first, seeds, TimeSpan.FromMinutes(10), Environment.ProcessorCount, output).Run();
        Assert.True(failed == 0, output.ToString());
    }
}
