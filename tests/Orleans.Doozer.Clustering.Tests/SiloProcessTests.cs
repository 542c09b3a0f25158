using Xunit.Abstractions;

namespace Orleans.Doozer.Clustering.Tests;

public sealed class SiloProcessTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Cluster_KillStopAndKillAll_NoticesAndComesBackInSeconds()
    {
        using var silos = await SiloProcesses.StartAsync();

        silos.Signal(2, "KILL");
        Report("Dead after kill -9", await silos.DeadAsync(2, TimeSpan.FromSeconds(8), at: 0));
        silos.Start(2);
        Report("Active again", await silos.ActiveAsync(2, TimeSpan.FromSeconds(15), at: 0));

        silos.Signal(1, "STOP");
        Report("Dead after SIGSTOP", await silos.DeadAsync(1, TimeSpan.FromSeconds(15), at: 0));
        silos.Signal(1, "KILL");
        silos.Start(1);
        Report("Active again", await silos.ActiveAsync(1, TimeSpan.FromSeconds(15), at: 0));

        // All at once, and back at once in another order.
        KillAll(silos);
        foreach (var index in new[] { 2, 0, 1 })
        {
            silos.Start(index);
        }

        foreach (var index in new[] { 2, 0, 1 })
        {
            Report($"silo {index} Active after kill -9 of all", await silos.ActiveAsync(index, TimeSpan.FromSeconds(25), at: index));
        }

        // All at once, and one never comes back: its row must not keep the others out.
        KillAll(silos);
        silos.Start(1);
        silos.Start(2);
        Report("silo 2 Active with silo 0 gone", await silos.ActiveAsync(2, TimeSpan.FromSeconds(25), at: 2));
        Report("silo 1 Active with silo 0 gone", await silos.ActiveAsync(1, TimeSpan.FromSeconds(25), at: 1));
        Report("silo 0 Dead", await silos.DeadAsync(0, TimeSpan.FromSeconds(10), at: 1));
    }

    private static void KillAll(SiloProcesses silos)
    {
        for (var index = 0; index < 3; index++)
        {
            silos.Signal(index, "KILL");
        }
    }

    private void Report(string what, TimeSpan took) => output.WriteLine($"{what}: {took.TotalSeconds:0.00} s");
}
