using Orleans.Doozer.Grains;

namespace Orleans.Doozer;

/// <summary>A watch stream at one node. Its changes are sent one after the other, each with all that came up meanwhile. Once a call of
/// it is lost it is of no use any more: nobody knows what the lost answer held.</summary>
internal sealed class WatchConnection
{
    private static readonly TimeSpan ChangePatience = TimeSpan.FromSeconds(3);
    private readonly Guid _stream = Guid.NewGuid();
    private readonly Lock _lock = new();
    private readonly IDirectoryGrain _directory;
    private readonly StoreCaller _caller;
    private readonly Action<WatchConnection, long, RefusedGlob> _onRefused;
    private readonly WatchChanges _changes;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isSending;

    public WatchConnection(
        IDirectoryGrain directory, string node, StoreCaller caller, Action<WatchConnection, long, RefusedGlob> onRefused)
    {
        (_directory, Node, _caller, _onRefused) = (directory, node, caller, onRefused);
        _changes = new(_stream);
    }

    /// <summary>Where it is.</summary>
    public string Node { get; }

    /// <summary>Watches a glob from a revision on.</summary>
    /// <returns>The number of the change that it will be in.</returns>
    public long Add(string pattern, Revision from)
    {
        lock (_lock)
        {
            Send();
            return _changes.Add(pattern, from);
        }
    }

    /// <summary>Watches it no longer.</summary>
    public void Remove(string pattern)
    {
        lock (_lock)
        {
            Send();
            _changes.Remove(pattern);
        }
    }

    /// <summary>What comes next, once the first change is made; null when the stream is lost.</summary>
    public async Task<WatchStreamReply?> FollowAsync(TimeSpan wait, TimeSpan patience, int limit)
    {
        try
        {
            await Task.WhenAny(_opened.Task, _failed.Task).ConfigureAwait(false);
            if (_failed.Task.IsCompleted)
            {
                return null;
            }

            var call = _caller.AttemptAsync(_directory.Follow(new(_stream, wait, limit), CancellationToken.None), patience, CancellationToken.None);
            if (await Task.WhenAny(call, _failed.Task).ConfigureAwait(false) != call)
            {
                StoreCaller.Abandon(call);
                return null;
            }

            var reply = await call.ConfigureAwait(false);
            return reply.Status.Error == DoozerErrorCode.None ? reply : null;
        }
        catch (Exception exception) when (StoreCaller.IsLost(exception, CancellationToken.None))
        {
            return null;
        }
    }

    private void Send()
    {
        if (!_isSending)
        {
            _isSending = true;
            _ = Task.Run(SendAllAsync);
        }
    }

    private async Task SendAllAsync()
    {
        // Others may begin to send as soon as there is nothing left to take, so this must not ask whether somebody sends.
        var isLost = false;
        try
        {
            while (!isLost && Take() is { } change)
            {
                isLost = true;
                isLost = !await SendAsync(change).ConfigureAwait(false);
                if (!isLost)
                {
                    _opened.TrySetResult();
                }
            }
        }
        catch (Exception exception) when (StoreCaller.IsLost(exception, CancellationToken.None))
        {
            // The stream is given up, and its watches go on at another.
        }
        finally
        {
            if (isLost)
            {
                _failed.TrySetResult();
            }
        }
    }

    private WatchStreamChange? Take()
    {
        lock (_lock)
        {
            var change = _changes.Take();
            _isSending = change is not null;
            return change;
        }
    }

    /// <returns>Whether the stream goes on.</returns>
    private async Task<bool> SendAsync(WatchStreamChange change)
    {
        var reply = await _caller.AttemptAsync(_directory.Change(change), ChangePatience, CancellationToken.None).ConfigureAwait(false);
        var refused = reply.Status.Error == DoozerErrorCode.LimitExceeded
            ? change.Added.Select(added => new RefusedGlob(added.Glob, reply.Status.Error, reply.Status.Detail ?? ""))
            : reply.Refused;
        foreach (var glob in refused)
        {
            _onRefused(this, change.Number, glob);
        }

        return reply.Status.Error == DoozerErrorCode.None;
    }
}
