using System.IO.Pipelines;

namespace Orleans.Doozer.Gateway.Connections;

/// <summary>
/// Closing a socket with bytes unread in it sends a reset, and a reset can overtake the last answer: the client would see a broken
/// connection instead of the reason. So what it still sends is thrown away for a moment before the connection is closed.
/// </summary>
internal static class Linger
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Discards input until the client ends, is quiet for a moment, or the longest time is over.</summary>
    public static async Task DiscardAsync(PipeReader input)
    {
        using var longest = new CancellationTokenSource(Longest);
        try
        {
            while (true)
            {
                using var quiet = CancellationTokenSource.CreateLinkedTokenSource(longest.Token);
                quiet.CancelAfter(Quiet);
                var result = await input.ReadAsync(quiet.Token);
                input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception problem) when (problem is IOException or OperationCanceledException)
        {
            // Quiet, or gone.
        }
    }
}
