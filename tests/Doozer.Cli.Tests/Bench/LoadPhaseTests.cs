using Doozer.Cli.Bench;
using Doozer.Cli.Wire;

namespace Doozer.Cli.Tests.Bench;

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
        var recorder = new Recorder(exception => exception is TimeoutException ? "Late" : null);
        var phase = new LoadPhase(
            new LoadSettings { Clients = 1 },
            (_, request) => (request % 4) switch
            {
                0 => Task.FromException(new TimeoutException()),
                1 => Task.FromException(new ServerErrorException(ServerError.ReadOnly, "no majority")),
                2 => Task.FromException(new InvalidOperationException()),
                _ => Task.CompletedTask,
            },
            recorder);

        await phase.RunAsync(10, null, CancellationToken.None);

        Assert.Equal(2, recorder.Count);
        Assert.Equal(3, recorder.Errors["Late"]);
        Assert.Equal(3, recorder.Errors[ServerError.Name(ServerError.ReadOnly)]);
        Assert.Equal(2, recorder.Errors[nameof(InvalidOperationException)]);
        Assert.Equal("no majority", recorder.LastError);
    }
}
