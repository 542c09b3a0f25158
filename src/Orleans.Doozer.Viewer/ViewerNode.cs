using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Doozer.Runtime;
using Orleans.Doozer.Runtime.Diagnostics;

namespace Orleans.Doozer.Viewer;

/// <summary>
/// The node that the web view shows. The view is there before its silo and after it: doozerd restarts its silo inside the process, and
/// meanwhile the page says why there is nothing to see.
/// </summary>
public sealed class ViewerNode : IDisposable
{
    /// <summary>It has not served yet.</summary>
    public const string Starting = "starting";

    /// <summary>It serves.</summary>
    public const string ServingState = "serving";

    /// <summary>It will serve again.</summary>
    public const string Restarting = "restarting";

    /// <summary>It will not.</summary>
    public const string Stopped = "stopped";

    private readonly Lock _lock = new();
    private volatile NodeState _state = new(Starting, "the node is starting", null);

    internal NodeState State => _state;

    /// <summary>The node serves a store now.</summary>
    /// <param name="silo">The silo's services, with what <c>AddDoozer()</c> brings.</param>
    /// <param name="store">The store to show.</param>
    /// <exception cref="DoozerException">There is no such store.</exception>
    public void Serve(IServiceProvider silo, string store = "default")
    {
        ArgumentNullException.ThrowIfNull(silo);
        Change(new(ServingState, null, new ServingNode(
            silo.GetRequiredService<IStoreNodes>().Get(store),
            silo.GetRequiredService<IStoreInspectors>().Inspect(store),
            silo.GetRequiredService<DoozerMetrics>(),
            silo.GetRequiredService<IOptions<DoozerOptions>>().Value)));
    }

    /// <summary>The node does not serve now: <see cref="Starting"/>, <see cref="Restarting"/> or <see cref="Stopped"/>, and why in one
    /// sentence. Open pages are told to wait.</summary>
    public void Pause(string state, string reason) => Change(new(state, reason, null));

    /// <summary>Says more exactly why it does not serve.</summary>
    public void Explain(string reason)
    {
        lock (_lock)
        {
            _state = _state.Serving is null ? _state with { Reason = reason } : _state;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Pause(Stopped, "the node has stopped");

    /// <summary>The node, if it serves.</summary>
    /// <exception cref="ViewerException">It does not.</exception>
    internal ServingNode Require()
    {
        var state = _state;
        if (state.Serving is not { } serving)
        {
            throw ViewerException.Unavailable($"the node does not serve now: {state.Reason}");
        }

        return serving.Store.HasJoined ? serving : throw ViewerException.Unavailable(
            $"node {serving.Store.Self} has no state yet: it looks for a node of the cluster to copy it from");
    }

    private void Change(NodeState state)
    {
        ServingNode? previous;
        lock (_lock)
        {
            previous = _state.Serving;
            _state = state;
        }

        previous?.Stop();
    }
}

/// <summary>What is known of the node.</summary>
internal sealed record NodeState(string Name, string? Reason, ServingNode? Serving);

/// <summary>A node while it serves.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Pages may still hold the token; without a timer it holds nothing but memory.")]
internal sealed class ServingNode(IStoreNode store, IStoreInspector inspector, DoozerMetrics metrics, DoozerOptions options)
{
    private readonly CancellationTokenSource _stopped = new();

    public IStoreNode Store => store;

    public IStoreInspector Inspector => inspector;

    public DoozerMetrics Metrics => metrics;

    public DoozerOptions Options => options;

    /// <summary>Cancelled when it serves no more.</summary>
    public CancellationToken Stopped => _stopped.Token;

    public void Stop() => _ = _stopped.CancelAsync();
}
