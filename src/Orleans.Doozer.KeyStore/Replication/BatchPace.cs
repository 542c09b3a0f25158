namespace Orleans.Doozer.KeyStore;

/// <summary>
/// Decides when a leader's next batch begins. The clients whose writes were just answered come back with their next ones within about
/// the time that a batch takes; a batch that begins before them costs as much as one that holds them all. So the next one waits until most
/// of them are here, but no longer than the last one took. A single client never waits.
/// </summary>
internal sealed class BatchPace
{
    private const long LongestMs = 10;
    private long _beganMs;
    private int _size;
    private int _expected;

    /// <summary>When the next batch begins, whoever is missing.</summary>
    public long DueMs { get; private set; }

    /// <summary>A batch of so many commands is proposed.</summary>
    public void Began(int commands, long nowMs)
    {
        _beganMs = nowMs;
        _size = commands;
    }

    /// <summary>A batch was decided; its clients are about to be answered.</summary>
    /// <param name="waiting">How many commands wait already.</param>
    /// <param name="nowMs">The time.</param>
    public void Ended(int waiting, long nowMs)
    {
        _expected = (int)((_size + (long)waiting) * 3 / 4);
        DueMs = nowMs + Math.Min(nowMs - _beganMs, LongestMs);
    }

    /// <summary>Whether the next batch begins now.</summary>
    public bool IsDue(int waiting, long nowMs) => waiting >= _expected || nowMs >= DueMs;
}
