namespace Doozer.Cli.Bench;

/// <summary>The connections of a load; its clients share them evenly.</summary>
internal sealed class SessionPool : IAsyncDisposable
{
    private readonly List<ISession> _sessions = [];

    public int Count => _sessions.Count;

    /// <summary>Names the failures of a protocol other than Doozer's.</summary>
    public Func<Exception, string?>? KindOf { get; private init; }

    /// <summary>The connection of the n-th client.</summary>
    public ISession this[int client] => _sessions[client % _sessions.Count];

    /// <summary>Opens so many connections, one after the other; all or none.</summary>
    public static async Task<SessionPool> OpenAsync(
        int connections, Func<int, Task<ISession>> openAsync, Func<Exception, string?>? kindOf = null)
    {
        var pool = new SessionPool { KindOf = kindOf };
        try
        {
            for (var i = 0; i < connections; i++)
            {
                pool._sessions.Add(await openAsync(i));
            }

            return pool;
        }
        catch
        {
            await pool.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }
    }
}
