namespace Orleans.Doozer.SystemTests;

/// <summary>Waiting for something that other processes do.</summary>
internal static class Wait
{
    /// <summary>Asks again and again until it holds.</summary>
    /// <exception cref="TimeoutException">It does not hold within a minute; the message says what was expected.</exception>
    public static async Task UntilAsync(Func<Task<bool>> holds, string expected)
    {
        var deadline = TimeProvider.System.GetTimestamp() + (60 * TimeProvider.System.TimestampFrequency);
        while (!await holds())
        {
            if (TimeProvider.System.GetTimestamp() > deadline)
            {
                throw new TimeoutException($"after 60 s it still does not hold that {expected}");
            }

            await Task.Delay(50);
        }
    }
}
