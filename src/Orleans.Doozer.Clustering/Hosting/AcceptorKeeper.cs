using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Doozer.Clustering;

namespace Orleans.Doozer.Hosting;

/// <summary>
/// Has the silos of an application's own cluster keep the register: each that is Active adds itself while there are too few. (doozerd
/// has the voters of its store keep it instead.)
/// </summary>
internal sealed class AcceptorKeeper(
    RegisterNode register, IOptions<DoozerClusteringOptions> options, ILogger<AcceptorKeeper> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(AcceptorKeeper),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _loop = RunAsync();
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stop.CancelAsync();
            await _loop;
        });

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                try
                {
                    await StepAsync(_stop.Token);
                }
                catch (RegisterUnavailableException exception)
                {
                    logger.KeepingFailed(exception.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        var self = new RegisterPeer(register.Self, register.Address);
        var wanted = options.Value.Acceptors;
        if (register.Acceptors.Contains(self))
        {
            return;
        }

        var alive = await register.ReadAliveAsync(cancellationToken);
        var before = (DateTimeOffset.UtcNow - options.Value.ReplaceAfter).UtcTicks;
        await register.UpdateAsync(state => AcceptorChanges.DropDead(state, self, wanted, alive, before), cancellationToken);
        var (after, joined) = await register.UpdateAsync(state => AcceptorChanges.Join(state, self, wanted), cancellationToken);
        if (joined)
        {
            logger.KeepsRegister(after.Acceptors.Length);
        }
    }
}
