namespace Orleans.Doozer.Simulation;

/// <summary>What is to happen, ordered by (virtual time, order of scheduling): two events never tie, so a run is a function of its
/// seed.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, (long TimeUs, long Sequence)> _queue = new();
    private long _sequence;

    public long NowUs { get; private set; }

    public long Executed { get; private set; }

    public void After(long delayUs, Action action) => _queue.Enqueue(action, (NowUs + Math.Max(delayUs, 0), _sequence++));

    /// <summary>Runs what is due up to a time.</summary>
    public void RunUntil(long timeUs)
    {
        while (_queue.TryPeek(out _, out var at) && at.TimeUs <= timeUs)
        {
            var action = _queue.Dequeue();
            NowUs = at.TimeUs;
            Executed++;
            action();
        }

        NowUs = timeUs;
    }
}
