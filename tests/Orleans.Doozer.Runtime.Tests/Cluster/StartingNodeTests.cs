using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Doozer.Grains;
using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Runtime.Tests.Cluster;

/// <summary>A node whose silo is not active yet: it has its votes and reaches the others, and they find no way to it.</summary>
[Collection(ClusterTests.Name)]
public sealed class StartingNodeTests
{
    [Fact]
    public async Task Node_ItsSiloIsNotActiveYet_IsNotElectedAndDecidesWithTheOthersOnceItIs()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        var gate = new Gate();
        await using var cluster = await DoozerTestCluster.StartAsync(
            3,
            options =>
            {
                options.OnDisk = true;
                options.ConfigureNode = (_, node) => node.RequestTimeout = TimeSpan.FromSeconds(2);
                options.ConfigureSilo = silo => silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
                    services => gate.For(services.GetRequiredService<IOptions<SiloOptions>>().Value.SiloName));
            },
            patience.Token);
        using var opened = gate;
        var leader = (await cluster.LeaderAsync(patience.Token)).Index;
        var (late, alone) = ((leader + 1) % 3, (leader + 2) % 3);
        gate.Closed = cluster.Node(late).Id.Value;
        await cluster.StopNodeAsync(late);

        var starting = cluster.StartNodeAsync(late);
        await gate.Reached.Task.WaitAsync(patience.Token);
        await cluster.StopNodeAsync(leader);

        // Two of three are there, and the one that is not active misses the leader as well; this wait is some elections long.
        var reply = await WriteAsync(cluster.Node(alone).Store, patience.Token);
        var elected = cluster.Node(alone).Leader;
        gate.Dispose();
        await starting;
        Assert.Equal(DoozerErrorCode.Unavailable, reply.Error);
        Assert.True(elected.IsNone, $"{elected} leads");
        await cluster.LeaderAsync(patience.Token);
        Assert.Equal(DoozerErrorCode.None, (await WriteAsync(cluster.Node(alone).Store, patience.Token)).Error);
    }

    private static Task<WriteReply> WriteAsync(IStoreNode store, CancellationToken stop) =>
        store.WriteAsync(new WriteRequest(store.NewRequestId(), WriteKind.Set, "/written", default, Revision.Clobber), stop);

    /// <summary>Holds a silo back when all is open and it has not joined yet.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Closed { get; set; }

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose() => _opened.TrySetResult();

        public ILifecycleParticipant<ISiloLifecycle> For(string silo) => new Participant(this, silo);

        private sealed class Participant(Gate gate, string silo) : ILifecycleParticipant<ISiloLifecycle>
        {
            public void Participate(ISiloLifecycle lifecycle) =>
                lifecycle.Subscribe(nameof(Gate), ServiceLifecycleStage.ApplicationServices, WaitAsync);

            private async Task WaitAsync(CancellationToken stop)
            {
                if (silo == gate.Closed)
                {
                    gate.Reached.TrySetResult();
                    await gate._opened.Task.WaitAsync(stop);
                }
            }
        }
    }
}
