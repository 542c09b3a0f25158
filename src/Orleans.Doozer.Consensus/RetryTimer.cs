namespace Orleans.Doozer.Consensus;

/// <summary>When to send an unanswered message again: after the retry time, then twice as long each time, up to eight times.</summary>
public sealed class RetryTimer(ConsensusTimes times, long nowMs)
{
    private long _delay = times.RetryMs;
    private long _due = nowMs + times.RetryMs;

    /// <summary>Whether it is time; then the next, longer wait has begun.</summary>
    public bool IsDue(long now)
    {
        if (now < _due)
        {
            return false;
        }

        _delay = Math.Min(_delay * 2, times.RetryMs * 8);
        _due = now + _delay;
        return true;
    }
}
