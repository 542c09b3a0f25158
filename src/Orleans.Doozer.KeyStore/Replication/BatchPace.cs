using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>
/// Decides when a leader's next batch begins. Each costs the nodes much the same, whether it holds one command or a hundred, so it is worth waiting
/// until commands have come together; but while one is on the disks, the processors have time for another. So:
/// <list type="bullet">
/// <item>The clients of a batch that was applied come back with their next writes within about the time that it took. The next one waits until most
/// of them are here, but no longer than that.</item>
/// <item>Beside a batch that is under way another begins when it holds at least half as many commands.</item>
/// </list>
/// A single client never waits.
/// </summary>
internal sealed class BatchPace
{
    private const long LongestMs = 10;

    private readonly Queue<(Slot Slot, int Commands, long BeganMs)> _underWay = new();
    private int _commandsUnderWay;

    // The commands of the batches that were applied since the last one began.
    private int _answered;
    private int _expected;

    /// <summary>When the next batch begins, whoever is missing; null when nobody is on the way.</summary>
    public long? DueMs { get; private set; }

    /// <summary>A batch of so many commands is proposed.</summary>
    public void Began(Slot slot, int commands, long nowMs)
    {
        _underWay.Enqueue((slot, commands, nowMs));
        _commandsUnderWay += commands;
        (_answered, _expected, DueMs) = (0, 0, null);
    }

    /// <summary>All slots up to one are applied, also such as others decided: the clients of their batches are about to be answered.</summary>
    /// <param name="slot">The last slot.</param>
    /// <param name="waiting">How many commands wait already.</param>
    /// <param name="nowMs">The time.</param>
    public void Applied(Slot slot, int waiting, long nowMs)
    {
        while (_underWay.TryPeek(out var batch) && batch.Slot <= slot)
        {
            _underWay.Dequeue();
            _commandsUnderWay -= batch.Commands;
            _answered += batch.Commands;
            _expected = (int)((_answered + (long)waiting) * 3 / 4);
            DueMs = Math.Min(DueMs ?? long.MaxValue, nowMs + Math.Min(nowMs - batch.BeganMs, LongestMs));
        }
    }

    /// <summary>The lead is lost: of what is under way nothing more is told here.</summary>
    public void Forget()
    {
        _underWay.Clear();
        (_commandsUnderWay, _answered, _expected, DueMs) = (0, 0, 0, null);
    }

    /// <summary>Whether the next batch begins now.</summary>
    public bool IsDue(int waiting, long nowMs) =>
        DueMs is { } dueMs ? waiting >= _expected || nowMs >= dueMs : waiting >= _commandsUnderWay / 2;
}
