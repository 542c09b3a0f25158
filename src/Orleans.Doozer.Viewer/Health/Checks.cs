using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Doozer.Viewer.Feeds;

namespace Orleans.Doozer.Viewer.Health;

/// <summary>The named checks. Anybody may ask, so what costs something is asked at most once a second for all.</summary>
internal sealed class Checks(ViewerNode node, DoozerViewerOptions options, TimeProvider time)
{
    // A follower that serves is always some slots behind; this much is what disqualifies a candidate too.
    private const long LagSlots = 1024;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly SharedAsk<HealthCheckResult> _loop = new(Fresh, time);
    private readonly SharedAsk<HealthCheckResult> _quorum = new(Fresh, time);

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Checks>();
        var checks = services.AddHealthChecks();
        Add(checks, "loop", HealthRoutes.Live, check => check.LoopAsync());
        Add(checks, "silo", HealthRoutes.Ready, check => Task.FromResult(check.Silo()));
        Add(checks, "joined", HealthRoutes.Ready, check => Task.FromResult(check.Joined()));
        Add(checks, "leader", HealthRoutes.Ready, check => Task.FromResult(check.Leader()));
        Add(checks, "quorum", HealthRoutes.Ready, check => check.QuorumAsync());
        Add(checks, "caught-up", HealthRoutes.Ready, check => Task.FromResult(check.CaughtUp()));
    }

    private static void Add(IHealthChecksBuilder checks, string name, string tag, Func<Checks, Task<HealthCheckResult>> check) =>
        checks.Add(new HealthCheckRegistration(name, services => new Check(check, services), failureStatus: null, tags: [tag]));

    private static HealthCheckResult Bad(string reason) => HealthCheckResult.Unhealthy(reason);

    /// <summary>Whether the store's loop still turns. Without a silo there is none, and that is no reason to kill the process.</summary>
    private Task<HealthCheckResult> LoopAsync() => node.State.Serving is { } serving
        ? _loop.GetAsync(serving, async () =>
        {
            using var patience = new CancellationTokenSource(options.CheckTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, serving.Stopped);
            try
            {
                await serving.Inspector.PingAsync(either.Token);
                return HealthCheckResult.Healthy();
            }
            catch (OperationCanceledException)
            {
                return serving.Stopped.IsCancellationRequested
                    ? HealthCheckResult.Healthy()
                    : Bad($"the store's loop has not taken anything up for {options.CheckTimeout.TotalSeconds:0.#} s");
            }
        })
        : Task.FromResult(HealthCheckResult.Healthy());

    private HealthCheckResult Silo() => node.State is { Serving: null, Reason: var reason }
        ? Bad(reason ?? "the silo does not serve") : HealthCheckResult.Healthy();

    private HealthCheckResult Joined() => node.State.Serving?.Store.HasJoined == true
        ? HealthCheckResult.Healthy() : Bad("this node has no state of the store yet");

    private HealthCheckResult Leader() => node.State.Serving?.Store.Leader.IsNone == false
        ? HealthCheckResult.Healthy() : Bad("nobody is known to lead");

    private HealthCheckResult CaughtUp() => node.State.Serving?.Store.Status is not { HasJoined: true } status
        ? Bad("this node has no state of the store yet")
        : status.Decided - status.Applied is var lag && lag > LagSlots ? Bad($"{lag} decided slots are not applied here yet")
        : HealthCheckResult.Healthy();

    private Task<HealthCheckResult> QuorumAsync() => node.State.Serving is { } serving
        ? _quorum.GetAsync(serving, async () =>
        {
            using var patience = new CancellationTokenSource(options.CheckTimeout, time);
            try
            {
                await serving.Store.ReadAsync(DoozerRead.Linearizable, patience.Token);
                return HealthCheckResult.Healthy();
            }
            catch (OperationCanceledException)
            {
                return Bad($"no majority of the voters answered within {options.CheckTimeout.TotalSeconds:0.#} s");
            }
            catch (DoozerException exception)
            {
                return Bad(exception.Message);
            }
        })
        : Task.FromResult(Bad("the silo does not serve"));

    private sealed class Check(Func<Checks, Task<HealthCheckResult>> check, IServiceProvider services) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            check(services.GetRequiredService<Checks>());
    }
}
