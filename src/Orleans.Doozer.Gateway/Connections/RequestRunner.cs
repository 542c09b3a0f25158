using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Gateway.Verbs;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Connections;

/// <summary>Runs the requests of a connection side by side, within its bounds, and answers each exactly once.</summary>
/// <param name="session">What the requests share.</param>
/// <param name="send">Takes an answer, and whether it holds a slot until it has been sent.</param>
/// <param name="metrics">Counts.</param>
/// <param name="logger">Told of faults.</param>
/// <param name="connectionId">Names the client in the log.</param>
[SuppressMessage("Design", "CA1001", Justification = "A write may outlive the connection; the semaphore holds nothing but memory.")]
internal sealed class RequestRunner(
    Session session, Action<Response, bool> send, GatewayMetrics metrics, ILogger logger, string connectionId)
{
    private readonly SemaphoreSlim _slots = new(session.Options.MaxOutstanding);
    private readonly TagSet _tags = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running = 1;   // one for the reading loop, so that it reaches 0 once
    private int _waiting;

    /// <summary>
    /// Starts a request as soon as there is a slot: until then nothing more is read, and TCP holds the client back. The verb's own
    /// checks run before this returns, so they happen in the order of arrival.
    /// </summary>
    public async ValueTask StartAsync(IncomingRequest request)
    {
        if (!_slots.Wait(0, CancellationToken.None))
        {
            await _slots.WaitAsync(session.Aborted);
        }

        metrics.Requests.Add(1);
        if (request.HasTag && !_tags.TryTake(request.Tag))
        {
            Send(request, Refusals.Of(DoozerErrorCode.TagInUse), holdsSlot: true);
            return;
        }

        Interlocked.Increment(ref _running);
        _ = RunAsync(new Transaction(session, request, TryPark));
    }

    /// <summary>Answers have been sent.</summary>
    public void FreeSlots(int count) => _slots.Release(count);

    /// <summary>No more requests come: waits until all have been answered or given up, or it takes too long.</summary>
    public async Task DrainAsync(TimeSpan timeout, TimeProvider clock)
    {
        EndOne();
        try
        {
            await _idle.Task.WaitAsync(timeout, clock, session.Aborted);
        }
        catch (Exception problem) when (problem is TimeoutException or OperationCanceledException)
        {
            // The writes that are left have a deadline of their own; their answers go nowhere.
        }
    }

    private async Task RunAsync(Transaction transaction)
    {
        var response = await AnswerAsync(transaction);
        if (transaction.Request.HasTag)
        {
            _tags.Release(transaction.Request.Tag);
        }

        if (transaction.IsParked)
        {
            Interlocked.Decrement(ref _waiting);
        }

        if (response is not null)
        {
            Send(transaction.Request, response, holdsSlot: !transaction.IsParked);
        }

        EndOne();
    }

    /// <summary>The answer; null when the connection has ended and nobody waits for it.</summary>
    private async Task<Response?> AnswerAsync(Transaction transaction)
    {
        try
        {
            return await VerbTable.RunAsync(transaction);
        }
        catch (DoozerException refusal)
        {
            return Refusals.Of(refusal.Code, refusal.Message);
        }
        catch (OperationCanceledException) when (session.Ended.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception problem)
        {
            // Whatever it is, the client gets an answer: one that hangs for ever helps nobody.
            logger.RequestFailed(problem, connectionId, transaction.Request.Verb);
            return Refusals.Other(
                VerbTable.IsWrite(transaction.Request.Verb)
                    ? "outcome unknown: an internal error; the server's log says more"
                    : "an internal error; the server's log says more");
        }
    }

    private void Send(IncomingRequest request, Response response, bool holdsSlot)
    {
        if (request.HasTag)
        {
            response.Tag = request.Tag;
        }

        send(response, holdsSlot);
    }

    private bool TryPark()
    {
        if (Interlocked.Increment(ref _waiting) > session.Options.MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        _slots.Release();
        return true;
    }

    private void EndOne()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _idle.TrySetResult();
        }
    }
}
