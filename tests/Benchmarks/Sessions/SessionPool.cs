namespace Orleans.Doozer.Benchmarks.Sessions;

/// <summary>The protocols.</summary>
internal enum WireProtocol
{
    Orleans,
    Tcp,
}

/// <summary>The connections of a load; its clients share them evenly.</summary>
internal sealed class SessionPool : IAsyncDisposable
{
    private readonly List<ISession> _sessions = [];

    public int Count => _sessions.Count;

    /// <summary>The connection of the n-th client.</summary>
    public ISession this[int client] => _sessions[client % _sessions.Count];

    /// <summary>Opens so many connections: over TCP the endpoints in turn, over Orleans each to all gateways.</summary>
    /// <exception cref="UsageException">Nobody answers.</exception>
    public static async Task<SessionPool> OpenAsync(
        WireProtocol protocol, IReadOnlyList<Endpoint> endpoints, int connections, string clusterName, CancellationToken cancellationToken)
    {
        var pool = new SessionPool();
        try
        {
            for (var i = 0; i < connections; i++)
            {
                pool._sessions.Add(protocol == WireProtocol.Tcp
                    ? await TcpSession.OpenAsync(endpoints[i % endpoints.Count], cancellationToken)
                    : await OrleansSession.OpenAsync(endpoints, clusterName, cancellationToken));
            }

            return pool;
        }
        catch (Exception exception)
        {
            await pool.DisposeAsync();
            if (cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            throw new UsageException($"no connection to {string.Join(", ", endpoints)}: {exception.Message}");
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
