namespace Orleans.Doozer.Benchmarks.Sessions;

/// <summary>Opens the connections of a load.</summary>
internal static class SessionOpener
{
    /// <summary>So many: over TCP the endpoints in turn, over Orleans each to all gateways.</summary>
    /// <exception cref="UsageException">Nobody answers.</exception>
    public static async Task<SessionPool> OpenAsync(
        WireProtocol protocol, IReadOnlyList<Endpoint> endpoints, int connections, string clusterName, CancellationToken cancellationToken)
    {
        try
        {
            return await SessionPool.OpenAsync(
                connections,
                async index => protocol == WireProtocol.Tcp
                    ? await TcpSession.OpenAsync(endpoints[index % endpoints.Count].Address, cancellationToken)
                    : await OrleansSession.OpenAsync(endpoints, clusterName, cancellationToken),
                exception => exception is DoozerException refusal ? refusal.Code.ToString() : null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UsageException($"no connection to {string.Join(", ", endpoints)}: {exception.Message}");
        }
    }
}
