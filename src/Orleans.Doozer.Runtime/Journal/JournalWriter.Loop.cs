using System.Diagnostics;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>The thread itself.</summary>
internal sealed partial class JournalWriter
{
    private void Run()
    {
        while (Take(out var step, out var clean))
        {
            if (_batch.Count > 0)
            {
                CommitBatch();
            }

            if (step is not null)
            {
                RunStep(step);
            }
            else if (clean)
            {
                Guard(CleanSome);
            }
        }

        try
        {
            _storage.Dispose();
        }
        catch (Exception error)
        {
            // All that was promised is committed; what a failed closing leaves, the next start recovers.
            JournalLog.CallbackThrew(_logger, _place, error);
        }

        _closed?.Invoke();
        _stopped.SetResult();
    }

    // Waits for something to do; false at the end. The order: what waits for a sync, then one piece of background work.
    private bool Take(out Step? step, out bool clean)
    {
        step = null;
        clean = false;
        _batch.Clear();
        lock (_gate)
        {
            while (true)
            {
                if (_queue.Count > 0 && (_urgent || _stopping || LazyIsDue()))
                {
                    (_queue, _batch) = (_batch, _queue);
                    _urgent = false;
                }

                if (_steps.TryDequeue(out step))
                {
                    return true;
                }

                clean = !_stopping && _fault is null && _storage.HasCleaning;
                if (clean || _batch.Count > 0)
                {
                    return true;
                }

                if (_stopping)
                {
                    return false;
                }

                Monitor.Wait(_gate, LazyRest());
            }
        }
    }

    private bool LazyIsDue() => Environment.TickCount64 - _lazySince >= _options.LazyFlush.TotalMilliseconds;

    // Also with nothing queued: what nobody waits for is queued without a word.
    private int LazyRest()
    {
        var waited = _queue.Count > 0 ? Environment.TickCount64 - _lazySince : 0;
        return (int)Math.Max(1, _options.LazyFlush.TotalMilliseconds - waited);
    }

    private void CleanSome()
    {
        _storage.Begin();
        _storage.Clean();
        Commit();
        _options.Probe?.Invoke(JournalStep.AfterClean);
    }

    private void CommitBatch()
    {
        long bytes = 0;
        foreach (var pending in _batch)
        {
            bytes += pending.Bytes;
        }

        Guard(
            () =>
            {
                _storage.Begin();
                foreach (var pending in _batch)
                {
                    Write(pending);
                }

                _options.Probe?.Invoke(JournalStep.BeforeCommit);
                Commit();
                _options.Probe?.Invoke(JournalStep.AfterCommit);
            });
        lock (_gate)
        {
            _pendingBytes -= bytes;
        }

        // After a fault the outcome of this batch is unknown; then everybody hears the fault, and nobody may rely on anything.
        var outcome = _fault;
        foreach (var pending in _batch)
        {
            Complete(pending, outcome);
        }
    }

    private void Write(in Pending pending)
    {
        if (pending.Record is not null)
        {
            _storage.PutRecord(pending.Name, pending.Record);
            return;
        }

        for (var i = 0; i < pending.Writes.Count; i++)
        {
            _storage.Write(pending.Name, pending.Writes[i]);
        }
    }

    // Somebody's completion that throws would have its effects half done: a bug, after which this node must not vote.
    private void Complete(in Pending pending, JournalException? outcome)
    {
        try
        {
            pending.Completed?.Invoke(outcome);
        }
        catch (Exception error)
        {
            JournalLog.CallbackThrew(_logger, _place, error);
            if (!_stopping)
            {
                Stop(error);
            }
        }
    }

    private void RunStep(Step step)
    {
        if (_stopping || _fault is not null)
        {
            step.Fail(_fault ?? JournalErrors.Closed(_place));
            return;
        }

        ArgumentException? refused = null;
        Guard(
            () =>
            {
                _storage.Begin();
                try
                {
                    step.Run(_storage);
                }
                catch (ArgumentException error)
                {
                    // The caller's mistake, found before anything was written.
                    refused = error;
                }

                _options.Probe?.Invoke(JournalStep.BeforeStepCommit);
                Commit();
                _options.Probe?.Invoke(JournalStep.AfterStepCommit);
            });

        var failure = (Exception?)_fault ?? refused;
        if (failure is null)
        {
            step.Succeed();
        }
        else
        {
            step.Fail(failure);
        }
    }

    private void Commit()
    {
        var start = Stopwatch.GetTimestamp();
        _storage.Commit();
        Commits++;
        var took = Stopwatch.GetElapsedTime(start);
        _options.Synced?.Invoke(took);
        if (took > _options.SlowSync)
        {
            JournalLog.SlowSync(_logger, _place, (long)took.TotalMilliseconds);
        }
    }

    // Nothing is written after the first error: SQLite may have lost what the kernel no longer holds, and to try again could
    // acknowledge it (the fsync error of 2018).
    private void Guard(Action write)
    {
        if (_fault is not null)
        {
            return;
        }

        try
        {
            write();
        }
        catch (Exception error)
        {
            Stop(error);
        }
    }

    private void Stop(Exception error)
    {
        if (_fault is not null)
        {
            return;
        }

        var fault = JournalErrors.From(error, _place);
        Volatile.Write(ref _fault, fault);
        _storage.Abandon();
        JournalLog.Faulted(_logger, fault.Message, fault);
        try
        {
            _faulted?.Invoke(fault);
        }
        catch (Exception thrown)
        {
            JournalLog.CallbackThrew(_logger, _place, thrown);
        }
    }
}
