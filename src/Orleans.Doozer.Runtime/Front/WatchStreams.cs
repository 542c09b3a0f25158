using System.Collections.Concurrent;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Stores;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>
/// The watch streams of a store at this node, each all the watches of one client. A stream may be forgotten at any time: its client
/// knows what each watch was told and opens another, here or elsewhere.
/// </summary>
internal sealed class WatchStreams : IDisposable
{
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<Guid, WatchStream> _streams = [];
    private readonly StoreHost _host;
    private readonly StoreHostServices _services;
    private readonly ITimer _sweep;

    public WatchStreams(StoreHost host, StoreHostServices services)
    {
        (_host, _services) = (host, services);
        _sweep = services.Time.CreateTimer(_ => Forget(SilenceMax), null, SweepEvery, SweepEvery);
    }

    /// <summary>Carries out a change; the first of a stream opens it.</summary>
    public WatchStreamChanged Change(WatchStreamChange change)
    {
        if (_host.Machine is null)
        {
            return Refusal(DoozerErrorCode.Unavailable, _host.NotJoined);
        }

        if (change.Added.Length > WatchStreamChange.MaxGlobs || change.Removed.Length > WatchStreamChange.MaxGlobs)
        {
            return Refusal(DoozerErrorCode.LimitExceeded, $"at most {WatchStreamChange.MaxGlobs} globs may be added, or removed, at once");
        }

        if (!_streams.TryGetValue(change.Stream, out var stream))
        {
            if (change.Number != 1)
            {
                return Refusal(DoozerErrorCode.Unavailable, $"there is no watch stream {change.Stream} at node {_host.Self}; open another");
            }

            if (_streams.Count >= _services.Options.MaxWatchers)
            {
                return Refusal(DoozerErrorCode.LimitExceeded, $"node {_host.Self} has {_streams.Count} watch streams already (MaxWatchers)");
            }

            stream = _streams.GetOrAdd(change.Stream, _ => new WatchStream(_host, _services.Time));
        }

        var refused = stream.TryChange(change);
        return refused is null
            ? Refusal(DoozerErrorCode.Unavailable, $"change {change.Number} does not follow the last one of watch stream {change.Stream}; open another")
            : new(HistoryRange.StatusOf(_host.Machine), refused);
    }

    /// <summary>What a stream has next.</summary>
    public async Task<WatchStreamReply> FollowAsync(WatchStreamRequest request, CancellationToken cancellationToken)
    {
        if (!_streams.TryGetValue(request.Stream, out var stream))
        {
            var missing = $"there is no watch stream {request.Stream} at node {_host.Self}; open another";
            return new(HistoryRange.StatusOf(_host.Machine, DoozerErrorCode.Unavailable, missing), [], default, 0);
        }

        var reply = await stream.FollowAsync(request, cancellationToken).ConfigureAwait(false);
        _services.Metrics.Watched(reply.Events.Length);
        if (reply.Status.Error != DoozerErrorCode.None)
        {
            Forget(request.Stream);
        }

        return reply;
    }

    /// <summary>Forgets the streams that nobody has asked for longer than that.</summary>
    public void Forget(TimeSpan silence)
    {
        foreach (var (id, stream) in _streams)
        {
            if (stream.Silence > silence)
            {
                Forget(id);
            }
        }
    }

    public void Dispose() => _sweep.Dispose();

    private void Forget(Guid id)
    {
        if (_streams.TryRemove(id, out var stream))
        {
            stream.Close();
        }
    }

    private WatchStreamChanged Refusal(DoozerErrorCode error, string detail) => new(HistoryRange.StatusOf(_host.Machine, error, detail), []);
}
