using Orleans.Doozer.Grains;

namespace Orleans.Doozer;

/// <summary>Calls the store's front doors until one answers: the client's whole policy of time limits and retries.</summary>
/// <remarks>Only calls that may wait for long carry the caller's token to the node: it costs each a registration there, and a write that
/// was sent is not taken back. The caller's own waiting ends at once in any case.</remarks>
internal sealed class StoreCaller
{
    // A front door waits 5 s for a revision that is still to come before it says so.
    private static readonly TimeSpan RevisionWait = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    private readonly DoozerClientOptions _options;
    private readonly TimeProvider _time;
    private readonly GatewayLosses _losses;
    private readonly FrontDoors _doors;
    private readonly BatchedCalls<WriteRequest, WriteReply> _writes;
    private readonly BatchedCalls<ReadRequest, GetReply> _gets;

    public StoreCaller(IGrainFactory grains, DoozerClientOptions options, GatewayLosses losses, TimeProvider time)
    {
        (_options, _losses, _time) = (options, losses, time);
        _doors = new FrontDoors(grains, options, time);
        _writes = new(
            _doors,
            losses,
            time,
            _doors.NextToLeader,
            static (door, request) => door.Write(request, CancellationToken.None),
            static async (door, requests) => await door.WriteAll(requests).ConfigureAwait(false),
            static request => request.Value.Length + request.Path.Length);
        _gets = new(
            _doors,
            losses,
            time,
            _doors.Next,
            static (door, request) => door.Get(request, CancellationToken.None),
            static (door, requests) => door.GetAll(requests),
            static request => request.Path.Length);
    }

    /// <summary>Reads a file through any front door.</summary>
    /// <exception cref="DoozerException">The store refused, or could not answer in time.</exception>
    public Task<GetReply> GetAsync(ReadRequest request, CancellationToken cancellationToken) => MayWait(request.Read)
        ? ReadAsync(request, request.Read, static (door, asked, token) => door.Get(asked, token), static reply => reply.Status, cancellationToken)
        : ReadAsync(request.Read, () => _gets.Send(request), static reply => reply.Status, cancellationToken);

    /// <summary>Reads through any front door.</summary>
    /// <exception cref="DoozerException">The store refused, or could not answer in time.</exception>
    public Task<TReply> ReadAsync<TRequest, TReply>(
        TRequest request,
        DoozerRead read,
        Func<IStoreGrain, TRequest, CancellationToken, Task<TReply>> call,
        Func<TReply, ReadStatus> statusOf,
        CancellationToken cancellationToken)
    {
        return ReadAsync(read, Send, statusOf, cancellationToken);

        Attempt<TReply> Send()
        {
            var door = _doors.Next();
            return new Attempt<TReply>(CallAsync(_doors[door])) { Door = door };
        }

        async Task<TReply> CallAsync(IStoreGrain door) =>
            await _losses.WaitAsync(call(door, request, MayWait(read) ? cancellationToken : CancellationToken.None)).ConfigureAwait(false);
    }

    private static bool MayWait(DoozerRead read) => read.Consistency is ReadConsistency.At or ReadConsistency.AtLeast;

    private async Task<TReply> ReadAsync<TReply>(
        DoozerRead read, Func<Attempt<TReply>> send, Func<TReply, ReadStatus> statusOf, CancellationToken cancellationToken)
    {
        var waits = MayWait(read);
        var patience = waits && _options.AttemptTimeout < RevisionWait ? RevisionWait : _options.AttemptTimeout;
        var started = _time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var sent = send();
            string? failure;
            try
            {
                var reply = await AttemptAsync(sent, waits ? patience : SilenceAllowed(attempt), patience, cancellationToken).ConfigureAwait(false);
                var status = statusOf(reply);
                if (status.Error == DoozerErrorCode.None)
                {
                    return reply;
                }

                if (status.Error != DoozerErrorCode.Unavailable)
                {
                    throw DoozerException.From(status.Error, status.Detail);
                }

                failure = status.Detail;
                if (waits && status.Revision > Revision.Missing && status.Revision < read.Revision)
                {
                    // The store works; the revision is still to come. Only the caller knows how long that is worth waiting for.
                    (started, attempt) = (_time.GetTimestamp(), 0);
                }
            }
            catch (Exception exception) when (IsLost(exception, cancellationToken))
            {
                _doors.Failed(sent.Door);
                failure = exception.Message;
            }

            if (_time.GetElapsedTime(started) >= _options.RequestTimeout)
            {
                throw new DoozerUnavailableException(
                    $"store '{_options.Store}' did not answer within {_options.RequestTimeout.TotalSeconds:0.#} s; "
                    + $"the last attempt: {failure}");
            }

            await PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where a front door stands that has joined the store, and which nodes there are.</summary>
    public Task<RouteReply> RouteAsync(CancellationToken cancellationToken) => ReadAsync(
        0, DoozerRead.Local, static (door, _, _) => door.Route(), static reply => reply.Status, cancellationToken);

    /// <summary>Writes through any front door; a retry is the same request, so the store applies it once.</summary>
    /// <returns>The answer of the store's log.</returns>
    /// <exception cref="DoozerUnavailableException">Nothing was changed.</exception>
    /// <exception cref="DoozerOutcomeUnknownException">It may have been carried out.</exception>
    public async Task<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var mayHaveHappened = false;
        for (var attempt = 0; ; attempt++)
        {
            var sent = _writes.Send(request);
            string? failure;
            try
            {
                var reply = await AttemptAsync(sent, SilenceAllowed(attempt), _options.AttemptTimeout, cancellationToken).ConfigureAwait(false);
                if (IsFinal(reply.Error, mayHaveHappened))
                {
                    if (reply.Error == DoozerErrorCode.None)
                    {
                        _doors.Wrote(sent.Door, reply.AtLeader);
                    }

                    return reply;
                }

                _doors.Wrote(sent.Door, atLeader: false);

                mayHaveHappened |= reply.Error == DoozerErrorCode.OutcomeUnknown;
                failure = reply.Detail;
            }
            catch (Exception exception) when (IsLost(exception, cancellationToken))
            {
                _doors.Failed(sent.Door);
                mayHaveHappened = true;
                failure = exception.Message;
            }

            if (_time.GetElapsedTime(started) >= _options.RequestTimeout)
            {
                var detail = $"the store gave no answer within {_options.RequestTimeout.TotalSeconds:0.#} s; "
                    + $"the last attempt: {failure}";
                throw DoozerException.From(
                    mayHaveHappened ? DoozerErrorCode.OutcomeUnknown : DoozerErrorCode.Unavailable,
                    mayHaveHappened ? $"the write may or may not happen: {detail}" : $"nothing was changed: {detail}");
            }

            await PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a call failed on its way, so that another way may succeed.</summary>
    public static bool IsLost(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        DoozerException refusal => refusal.Code == DoozerErrorCode.Unavailable,
        ArgumentException => false,
        _ => true,
    };

    /// <summary>One attempt with its own time limit.</summary>
    public async Task<T> AttemptAsync<T>(Task<T> call, TimeSpan patience, CancellationToken cancellationToken)
    {
        var ended = _losses.WaitAsync(call);
        try
        {
            return await ended.WaitAsync(patience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!ended.IsCompleted)
        {
            Abandon(ended);
            throw;
        }
    }

    /// <summary>
    /// One attempt through a front door. A door that answers nobody stands at a gateway that is frozen or cut off, and the attempt is over
    /// early; where others are answered, the request takes its time.
    /// </summary>
    private async Task<T> AttemptAsync<T>(Attempt<T> attempt, TimeSpan silence, TimeSpan patience, CancellationToken cancellationToken)
    {
        var call = attempt.Reply;
        var started = _time.GetTimestamp();
        T reply;
        try
        {
            reply = await call.WaitAsync(silence < patience ? silence : patience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (call.IsCompletedSuccessfully || (silence < patience && _doors.HasAnsweredSince(attempt.Door, started)))
        {
            reply = await AttemptAsync(call, patience - silence, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!call.IsCompleted)
        {
            Abandon(call);
            throw;
        }

        _doors.Answered(attempt.Door);
        return reply;
    }

    /// <summary>Twice as long with each attempt: a store that is slow for all is not asked ever more.</summary>
    private TimeSpan SilenceAllowed(int attempt) => _options.SilenceTimeout * (1 << Math.Min(attempt, 10));

    /// <summary>Nobody waits for a call any more; what becomes of it must not surface as an unobserved exception.</summary>
    public static void Abandon(Task call) => _ = call.ContinueWith(
        static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    /// <summary>A pause before the next attempt, longer each time, never the same for all clients.</summary>
    public Task PauseAsync(int attempt, CancellationToken cancellationToken)
    {
        var longest = Math.Min(FirstPause.TotalMilliseconds * (1 << Math.Min(attempt, 10)), LongestPause.TotalMilliseconds);
        return Task.Delay(TimeSpan.FromMilliseconds(longest * (0.5 + (Random.Shared.NextDouble() / 2))), _time, cancellationToken);
    }

    /// <summary>After an attempt whose outcome is not known, only the log's own answer counts: a full front door says nothing
    /// about it.</summary>
    private static bool IsFinal(DoozerErrorCode error, bool mayHaveHappened) => error switch
    {
        DoozerErrorCode.Unavailable or DoozerErrorCode.OutcomeUnknown or DoozerErrorCode.ReadOnly => false,
        DoozerErrorCode.LimitExceeded or DoozerErrorCode.AccessDenied => !mayHaveHappened,
        _ => true,
    };
}
