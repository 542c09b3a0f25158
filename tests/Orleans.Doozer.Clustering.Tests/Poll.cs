using System.Diagnostics;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>Waits for what real silos do, up to a deadline, and says how long it took.</summary>
internal static class Poll
{
    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> holds, TimeSpan deadline, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(clock.Elapsed < deadline, $"{what}: not within {deadline.TotalSeconds} s");
            await Task.Delay(20);
        }

        return clock.Elapsed;
    }
}
