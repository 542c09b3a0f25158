using Orleans.Doozer.Benchmarks.Load;

namespace Orleans.Doozer.Benchmarks.Tests;

public sealed class LoadPhaseTests
{
    [Fact]
    public async Task Total_ManyClients_EachRequestIsMadeOnce()
    {
        var made = new int[1000];
        var recorder = new Recorder();
        var phase = new LoadPhase(
            new LoadSettings { Clients = 16 },
            (_, request) =>
            {
                Interlocked.Increment(ref made[request]);
                return Task.CompletedTask;
            },
            recorder);

        await phase.RunAsync(made.Length, null, CancellationToken.None);

        Assert.All(made, count => Assert.Equal(1, count));
        Assert.Equal(made.Length, recorder.Count);
    }

    [Fact]
    public async Task Operation_Fails_IsCountedByKindAndNotAsAnswered()
    {
        var recorder = new Recorder();
        var phase = new LoadPhase(
            new LoadSettings { Clients = 1 },
            (_, request) => request % 2 == 0 ? Task.CompletedTask : Task.FromException(new DoozerUnavailableException("no majority")),
            recorder);

        await phase.RunAsync(10, null, CancellationToken.None);

        Assert.Equal(5, recorder.Count);
        Assert.Equal(5, recorder.Errors["Unavailable"]);
        Assert.Equal("no majority", recorder.LastError);
    }
}
