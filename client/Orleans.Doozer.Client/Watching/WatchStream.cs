using Orleans.Doozer.Grains;

namespace Orleans.Doozer;

/// <summary>
/// All watches of a client, as one stream at one node: however many are idle, one call waits for all. The node may forget the stream at
/// any time; where each watch stands is known here, and another stream, there or elsewhere, goes on from it. It runs while there are
/// watches.
/// </summary>
internal sealed class WatchStream(IGrainFactory grains, DoozerClientOptions options, StoreCaller caller, NodePicker nodes)
{
    /// <summary>What a call takes on its way, beyond the wait itself.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(1.5);

    // A watch that begins further back reads the history by itself first, so that the others need not hear it again.
    private const int NearRevisions = 1000;
    private readonly Lock _lock = new();
    private readonly WatchInterests _interests = new();
    private readonly List<Subscription> _told = [];
    private WatchConnection? _connection;
    private bool _isRunning;

    /// <summary>Watches from a revision on; null when that is so far back that the history must be read first.</summary>
    public Subscription? TryAttach(Glob glob, Revision from)
    {
        lock (_lock)
        {
            if (_connection is not null && from.Value + NearRevisions < _interests.Told.Value)
            {
                return null;
            }

            var subscription = new Subscription(glob, from, options.PageSize);
            _interests.Add(subscription, _connection);
            if (!_isRunning)
            {
                _isRunning = true;
                _ = Task.Run(RunAsync);
            }

            return subscription;
        }
    }

    /// <summary>Watches no longer.</summary>
    public void Detach(Subscription subscription)
    {
        lock (_lock)
        {
            _interests.Remove(subscription, _connection);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            string? failed = null;
            for (var failures = 0; IsWanted();)
            {
                var node = await nodes.PickAsync(failed, [], CancellationToken.None).ConfigureAwait(false);
                failures = node is not null && await FollowAsync(node).ConfigureAwait(false) ? 0 : failures + 1;
                failed = node;
                if (failures > 0)
                {
                    await caller.PauseAsync(failures - 1, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            lock (_lock)
            {
                _isRunning = false;
                _connection = null;
                _interests.EndAll(new(null, DoozerErrorCode.Other, $"the watches ended: {exception.Message}"));
            }
        }
    }

    /// <summary>Whether anybody watches; if not, this ends.</summary>
    private bool IsWanted()
    {
        lock (_lock)
        {
            _isRunning = _interests.Count > 0;
            return _isRunning;
        }
    }

    /// <summary>Follows a stream at a node until it is lost or nobody watches any more.</summary>
    /// <returns>Whether anything came of it.</returns>
    private async Task<bool> FollowAsync(string node)
    {
        var directory = grains.GetGrain<IDirectoryGrain>(NodeGrainKeys.Create(options.Store, node, DoozerPath.Root));
        var connection = new WatchConnection(directory, node, caller, Refused);
        lock (_lock)
        {
            _connection = connection;
            _interests.AddAllTo(connection);
        }

        var isServed = false;
        while (await connection.FollowAsync(options.WatchWait, options.WatchWait + Margin, options.PageSize).ConfigureAwait(false) is { } reply)
        {
            isServed = true;
            lock (_lock)
            {
                Tell(reply, connection);
                if (_interests.Count == 0)
                {
                    break;
                }
            }
        }

        lock (_lock)
        {
            _connection = null;
            _interests.Disconnect();
        }

        return isServed;
    }

    private void Tell(WatchStreamReply reply, WatchConnection connection)
    {
        foreach (var change in reply.Events)
        {
            foreach (var subscription in _interests.Find(change.Path))
            {
                // Until its own change is made it might be told of a later change first.
                if (subscription.Change > reply.Changes || change.Revision < subscription.Next || subscription.IsEnded)
                {
                    continue;
                }

                if (!subscription.IsTold)
                {
                    subscription.IsTold = true;
                    _told.Add(subscription);
                }

                if (!subscription.TryTell(change))
                {
                    subscription.Next = change.Revision;
                    subscription.End();
                }
            }
        }

        foreach (var subscription in _told)
        {
            subscription.IsTold = false;
            if (subscription.IsEnded)
            {
                _interests.Remove(subscription, connection);
            }
            else
            {
                subscription.Next = Revision.Max(subscription.Next, reply.Next);
                subscription.Wake();
            }
        }

        _told.Clear();
        _interests.Advance(reply);
    }

    private void Refused(WatchConnection connection, long change, RefusedGlob refused)
    {
        lock (_lock)
        {
            if (_connection == connection)
            {
                _interests.Refuse(refused.Glob, change, new(connection.Node, refused.Error, refused.Detail), connection);
            }
        }
    }
}
