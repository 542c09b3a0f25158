namespace Doozer.Cli.Sessions;

/// <summary>How long nothing has been answered, and how long to wait before the next attempt.</summary>
internal sealed class Outage(TimeProvider time, Random random)
{
    /// <summary>After so long without one answer the command gives up.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>After so long a person at a terminal wants to know why nothing happens.</summary>
    internal static readonly TimeSpan NoticeAfter = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan DelayFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(2);

    private long? began;
    private int attempts;

    /// <summary>The user has been told about this outage.</summary>
    internal bool IsNoticed { get; set; }

    internal TimeSpan Elapsed => began is { } start ? time.GetElapsedTime(start) : TimeSpan.Zero;

    internal void Begin() => began ??= time.GetTimestamp();

    internal void End()
    {
        began = null;
        attempts = 0;
        IsNoticed = false;
    }

    /// <summary>Nothing before the first attempt, then ever longer; jitter keeps clients from coming back as one.</summary>
    internal TimeSpan NextDelay()
    {
        int attempt = attempts++;
        if (attempt == 0)
        {
            return TimeSpan.Zero;
        }

        TimeSpan delay = DelayFirst * Math.Pow(2, Math.Min(attempt - 1, 10));
        return (delay < DelayMax ? delay : DelayMax) * (0.5 + (random.NextDouble() / 2));
    }
}
