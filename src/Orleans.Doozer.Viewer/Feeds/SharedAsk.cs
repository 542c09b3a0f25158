namespace Orleans.Doozer.Viewer.Feeds;

/// <summary>
/// Asks once for all who want to know: an answer younger than a while is given again, and who comes while it is being asked waits
/// for the same answer. Nobody wants to know, nothing is asked.
/// </summary>
internal sealed class SharedAsk<T>(TimeSpan fresh, TimeProvider time)
{
    private readonly Lock _lock = new();
    private object? _about;
    private Task<T>? _answer;
    private long _askedAt;

    /// <summary>The answer about something.</summary>
    public Task<T> GetAsync(object about, Func<Task<T>> ask)
    {
        lock (_lock)
        {
            var isFresh = _answer is not null && ReferenceEquals(_about, about)
                && (!_answer.IsCompleted || (_answer.IsCompletedSuccessfully && time.GetElapsedTime(_askedAt) < fresh));
            if (!isFresh)
            {
                _about = about;
                _askedAt = time.GetTimestamp();
                _answer = Task.Run(ask);
            }

            return _answer!;
        }
    }
}
