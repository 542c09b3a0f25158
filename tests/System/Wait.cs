namespace Orleans.Doozer.SystemTests;

/// <summary>Waiting for something that other processes do.</summary>
internal static class Wait
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again until it holds.</summary>
    /// <param name="holds">Asks.</param>
    /// <param name="expected">What should hold.</param>
    /// <param name="patience">How long it may take; a minute unless told otherwise.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <returns>How long it took.</returns>
    /// <exception cref="TimeoutException">It does not hold in time; the message says what was expected.</exception>
    public static async Task<TimeSpan> UntilAsync(
        Func<Task<bool>> holds, string expected, TimeSpan? patience = null, CancellationToken stop = default)
    {
        var limit = patience ?? TimeSpan.FromSeconds(60);
        var start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"after {limit.TotalSeconds:0} s it still does not hold that {expected}");
            }

            await Task.Delay(PollInterval, stop);
        }

        return TimeProvider.System.GetElapsedTime(start);
    }
}
