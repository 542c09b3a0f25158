namespace Orleans.Doozer.Simulation;

/// <summary>What is to happen, ordered by (virtual time, order of scheduling): two events never tie, so a run is a function of its
/// seed.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, Due> _queue = new();
    private long _sequence;

    public long NowUs { get; private set; }

    public long Executed { get; private set; }

    public void After(long delayUs, Action action) => _queue.Enqueue(action, new(NowUs + Math.Max(delayUs, 0), _sequence++));

    /// <summary>Runs what is due up to a time.</summary>
    public void RunUntil(long timeUs)
    {
        while (_queue.TryPeek(out var action, out var due) && due.TimeUs <= timeUs)
        {
            _queue.Dequeue();
            NowUs = due.TimeUs;
            Executed++;
            action();
        }

        NowUs = timeUs;
    }

    private readonly struct Due(long timeUs, long sequence) : IComparable<Due>
    {
        private readonly long _sequence = sequence;

        public long TimeUs { get; } = timeUs;

        public int CompareTo(Due other) =>
            TimeUs != other.TimeUs ? (TimeUs < other.TimeUs ? -1 : 1) : _sequence.CompareTo(other._sequence);
    }
}
