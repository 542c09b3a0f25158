using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Sessions;

/// <summary>A conversation with a cluster that outlives the connection it runs over.</summary>
internal sealed class Session(Connector connector) : IDisposable
{
    /// <summary>Told once per outage that lasts; only a command that runs in the foreground wants it.</summary>
    internal Action<string>? Notice
    {
        set => connector.Notice = value;
    }

    /// <summary>Connects now, so that a later time limit does not hide that nobody is there.</summary>
    internal Task ConnectAsync(CancellationToken cancellationToken) => connector.GetAsync(cancellationToken);

    /// <summary>A request that changes nothing: asked again elsewhere, with the same words, until it is answered.</summary>
    internal async Task<Response> ReadAsync(Request request, CancellationToken cancellationToken)
    {
        while (true)
        {
            WireConnection connection = await connector.GetAsync(cancellationToken);
            try
            {
                Response response = await connection.CallAsync(request, cancellationToken);
                connector.Answered();
                return response.HasErrCode ? throw ServerError.From(request, response) : response;
            }
            catch (ConnectionLostException)
            {
                if (request.Verb == DoozerVerb.Wait)
                {
                    connector.LostWhileWaiting();
                }
            }
        }
    }

    /// <summary>A request that changes the store: sent at most once, except to servers that said they did not take it.</summary>
    internal async Task<Response> WriteAsync(Request request, CancellationToken cancellationToken)
    {
        var readOnly = new HashSet<ServerAddress>();
        ServerErrorException? refusal = null;
        while (true)
        {
            WireConnection connection = await GetWritableAsync(readOnly, refusal, cancellationToken);
            Response? response = await SendOnceAsync(connection, request, cancellationToken);
            if (response is null)
            {
                continue;
            }

            connector.Answered();
            if (!response.HasErrCode)
            {
                return response;
            }

            refusal = ServerError.From(request, response);
            if (refusal.Code != ServerError.ReadOnly)
            {
                throw refusal;
            }

            readOnly.Add(connection.Address);
            connector.Drop(connection);
        }
    }

    /// <summary>The store's current revision.</summary>
    internal async Task<long> GetRevisionAsync(CancellationToken cancellationToken)
    {
        Response response = await ReadAsync(new Request { Verb = DoozerVerb.Revision }, cancellationToken);
        return response.HasRev ? response.Rev : throw new DoozerException("the server's answer has no revision");
    }

    /// <summary>The name in a directory's n-th place at one revision, or null past its end.</summary>
    internal async Task<string?> GetDirectoryEntryAsync(
        string path, long revision, int offset, CancellationToken cancellationToken)
    {
        var request = new Request { Verb = DoozerVerb.GetDirectory, Path = path, Rev = revision, Offset = offset };
        try
        {
            Response response = await ReadAsync(request, cancellationToken);
            return response.HasPath ? response.Path : throw new DoozerException("the server's answer has no name");
        }
        catch (ServerErrorException exception) when (exception.Code == ServerError.Range)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => connector.Dispose();

    private async Task<WireConnection> GetWritableAsync(
        HashSet<ServerAddress> readOnly, ServerErrorException? refusal, CancellationToken cancellationToken)
    {
        try
        {
            return await connector.GetAsync(readOnly, cancellationToken);
        }
        catch (CannotConnectException exception) when (refusal is not null)
        {
            throw exception.Failures.Count == 0
                ? refusal
                : new DoozerException($"{refusal.Message}; tried {string.Join(", ", readOnly)}, "
                    + $"and could not connect to {string.Join(", ", exception.Failures)}");
        }
    }

    // Null: nothing was sent, another connection may be tried.
    private static async Task<Response?> SendOnceAsync(
        WireConnection connection, Request request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await connection.CallAsync(request, cancellationToken);
        }
        catch (ConnectionLostException exception)
        {
            return exception.IsSent ? throw new OutcomeUnknownException(exception.Message) : null;
        }
        catch (WireProtocolException exception) when (exception.IsSent)
        {
            throw new OutcomeUnknownException(exception.Message);
        }
        catch (OperationCanceledException)
        {
            throw new OutcomeUnknownException("interrupted before the answer came");
        }
    }
}
