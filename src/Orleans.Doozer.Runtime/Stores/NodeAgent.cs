using System.Globalization;
using System.Text;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Front;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>
/// Does for one store what a node's operator would do by hand: writes the node's own entries under /ctl, looks for a node to copy the
/// state from, and tells now and then how far it is. Whether it votes is the leader's business.
/// </summary>
internal sealed class NodeAgent(StoreHost host, StoreNode node, StoreHostServices services)
    : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly string Version =
        typeof(NodeAgent).Assembly.GetName().Version?.ToString(3) ?? "0";

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private long _pulsed = services.Time.GetTimestamp();
    private int _turn;

    /// <summary>Whether the first entries of the store are all there.</summary>
    public bool HasFounded => node.Current.Revision.Value >= Genesis().Count;

    private string Address => services.Options.Address;

    /// <summary>Writes the first entries of a store that this node founds. Nobody else can have written before the last of them, so the
    /// revision tells which are there: a founder that crashed between them goes on where it was.</summary>
    public async Task FoundAsync(CancellationToken cancellationToken)
    {
        var genesis = Genesis();
        for (var i = (int)Math.Min(node.Current.Revision.Value, genesis.Count); i < genesis.Count; i++)
        {
            var command = genesis[i];
            await SetAsync(command.Path, command.Value, Revision.Missing, cancellationToken);
        }
    }

    public void Start() => _loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private IReadOnlyList<Command> Genesis() =>
        ControlFiles.Genesis(services.Options.ClusterName, host.Self, Address, Environment.MachineName, Version);

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, services.Time);
        try
        {
            do
            {
                await TryStepAsync();
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    private async Task TryStepAsync()
    {
        try
        {
            await StepAsync(_stop.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !_stop.IsCancellationRequested)
        {
            // Whatever went wrong (no leader, a lost race, a full store), the next round looks at the state anew, a tick later.
            StoreLog.RegistrationFailed(services.Logger, host.Store, exception.Message);
        }
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        if (host.Machine is null)
        {
            AskForState();
            return;
        }

        // Without a leader nothing can be written; a follower that is behind would only repeat what was done long ago.
        var status = host.Status;
        if (host.Leader.Node.IsNone || status.IsBehind)
        {
            if (host.Leader.Node.IsNone && !status.IsVoter)
            {
                AskForState();
            }

            return;
        }

        await RegisterAsync(status.IsVoter, cancellationToken);
        await PulseAsync(cancellationToken);
    }

    private void AskForState()
    {
        var others = services.Locator.ActiveNodes().Where(other => other != host.Self).ToList();
        if (others.Count > 0)
        {
            var other = others[_turn++ % others.Count];
            host.Post(new ActionInput((replica, _, effects) => replica.FetchFrom(other, effects)));
        }
    }

    private async Task RegisterAsync(bool isVoter, CancellationToken cancellationToken)
    {
        await WriteOwnAsync("addr", Address, cancellationToken);
        await WriteOwnAsync("hostname", Environment.MachineName, cancellationToken);
        await WriteOwnAsync("version", Version, cancellationToken);
        if (services.Options.Zone is { Length: > 0 } zone)
        {
            await WriteOwnAsync("zone", zone, cancellationToken);
        }

        foreach (var (name, text) in services.Options.NodeFiles)
        {
            await WriteOwnAsync(name, text, cancellationToken);
        }

        if (isVoter)
        {
            await WriteOwnAsync("writable", "true", cancellationToken);
            await WriteAsync($"/ctl/ns/{services.Options.ClusterName}/{host.Self}", Address, cancellationToken);
        }
        else if (node.Current.Get(ControlFiles.NodeFile(host.Self, "writable")).Revision.IsFile)
        {
            await WriteOwnAsync("writable", "false", cancellationToken);
        }
    }

    private Task WriteOwnAsync(string name, string text, CancellationToken cancellationToken) =>
        WriteAsync(ControlFiles.NodeFile(host.Self, name), text, cancellationToken);

    private async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        var value = Encoding.UTF8.GetBytes(text);
        var held = node.Current.Get(path);
        if (!held.Revision.IsFile || !held.Value.Span.SequenceEqual(value))
        {
            await SetAsync(path, value, held.Revision, cancellationToken);
        }
    }

    private async Task PulseAsync(CancellationToken cancellationToken)
    {
        if (services.Options.Pulse > TimeSpan.Zero && services.Time.GetElapsedTime(_pulsed) >= services.Options.Pulse)
        {
            _pulsed = services.Time.GetTimestamp();
            await WriteOwnAsync(
                "applied", node.Current.Revision.Value.ToString(CultureInfo.InvariantCulture), cancellationToken);
        }
    }

    /// <summary>Sets a file; false when another write came first.</summary>
    private async Task<bool> SetAsync(
        string path, ReadOnlyMemory<byte> value, Revision expected, CancellationToken cancellationToken)
    {
        var request = new WriteRequest(node.NewRequestId(), WriteKind.Set, path, value, expected);
        var reply = await node.WriteAsync(request, cancellationToken);
        return reply.Error switch
        {
            DoozerErrorCode.None => true,
            DoozerErrorCode.RevisionMismatch => false,
            var error => throw DoozerException.From(error, $"{path}: {reply.Detail ?? error.ToString()}"),
        };
    }
}
