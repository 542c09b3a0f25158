using Orleans.Doozer.Clustering;

namespace Orleans.Doozer.Hosting;

/// <summary>Starts the register before anything of the silo needs the table, and ends it after the silo has left the table.</summary>
internal sealed class RegisterLifecycle(RegisterNode register) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(RegisterNode), ServiceLifecycleStage.First, register.StartAsync, async _ => await register.DisposeAsync());
}
