using System.Net.Sockets;
using System.Text;
using Doozer.Cli;
using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Silo.Boot;

/// <summary>A file of the boot cluster.</summary>
/// <param name="Text">Its content.</param>
/// <param name="Revision">Its revision, for a compare-and-set; 0 when it is missing.</param>
internal readonly record struct BootFile(string Text, long Revision)
{
    public bool Exists => Revision > 0;
}

/// <summary>The boot cluster did not answer, or not with what can be used; asking again later may help.</summary>
internal sealed class BootUnavailableException(string message) : IOException(message);

/// <summary>
/// The few requests that doozerd has for its boot cluster, over Doozer's own protocol: any Doozer can be one. A change whose answer was
/// lost may have happened: whoever asks for it reads again before it goes on. One caller at a time.
/// </summary>
internal sealed class BootStore(DoozerUri uri) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private WireConnection? _connection;
    private int _next;

    public async Task<BootFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var response = Require(await CallAsync(new Request { Verb = DoozerVerb.Get, Path = path }, cancellationToken));
        return new BootFile(response.Value.ToStringUtf8(), response.Rev);
    }

    /// <summary>The files of a directory by name; none when there is no such directory.</summary>
    public async Task<IReadOnlyDictionary<string, BootFile>> ListAsync(string directory, CancellationToken cancellationToken)
    {
        var revision = Require(await CallAsync(new Request { Verb = DoozerVerb.Revision }, cancellationToken)).Rev;
        var files = new Dictionary<string, BootFile>(StringComparer.Ordinal);
        while (true)
        {
            var request = new Request { Verb = DoozerVerb.GetDirectory, Path = directory, Rev = revision, Offset = files.Count };
            var entry = await CallAsync(request, cancellationToken);
            if (entry.HasErrCode && entry.ErrCode is ServerError.Range or ServerError.NoEntry)
            {
                return files;
            }

            var name = Require(entry).Path;
            var get = new Request { Verb = DoozerVerb.Get, Path = $"{directory}/{name}", Rev = revision };
            var file = Require(await CallAsync(get, cancellationToken));
            files[name] = new BootFile(file.Value.ToStringUtf8(), file.Rev);
        }
    }

    /// <summary>Sets a file that still has this revision; false when another change came first.</summary>
    public Task<bool> TrySetAsync(string path, string text, long expected, CancellationToken cancellationToken) => TryChangeAsync(
        new Request { Verb = DoozerVerb.Set, Path = path, Rev = expected, Value = ByteString.CopyFrom(text, Encoding.UTF8) }, cancellationToken);

    /// <summary>Deletes a file that still has this revision; false when another change came first.</summary>
    public Task<bool> TryDeleteAsync(string path, long expected, CancellationToken cancellationToken) =>
        TryChangeAsync(new Request { Verb = DoozerVerb.Delete, Path = path, Rev = expected }, cancellationToken);

    public void Dispose() => Drop();

    private async Task<bool> TryChangeAsync(Request request, CancellationToken cancellationToken)
    {
        var response = await CallAsync(request, cancellationToken);
        if (response.HasErrCode && response.ErrCode == ServerError.RevisionMismatch)
        {
            return false;
        }

        Require(response);
        return true;
    }

    private Response Require(Response response)
    {
        if (!response.HasErrCode)
        {
            return response;
        }

        // Another server may do better: this one may be unable to write, or have lost its majority.
        var asked = _connection?.Address;
        Drop();
        throw new BootUnavailableException($"{asked} answers {ServerError.Name(response.ErrCode)} {response.ErrDetail}".TrimEnd());
    }

    private async Task<Response> CallAsync(Request request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var address = _connection is { IsOpen: true } open ? open.Address : uri.Addresses[_next++ % uri.Addresses.Count];
        try
        {
            if (_connection is not { IsOpen: true })
            {
                Drop();
                _connection = await OpenAsync(address, patience.Token);
            }

            return await _connection.CallAsync(request, patience.Token);
        }
        catch (Exception exception) when (exception is SocketException or ConnectionLostException or DoozerException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Drop();
            throw new BootUnavailableException(exception switch
            {
                SocketException socket => $"{address}: {ConnectFailure.Describe(socket)}",
                OperationCanceledException => $"{address}: no answer within {Patience.TotalSeconds:0} s",
                _ => exception.Message,
            });
        }
    }

    private async Task<WireConnection> OpenAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        var connection = await WireConnection.OpenAsync(address, cancellationToken);
        try
        {
            if (uri.SecretKey is { } key)
            {
                var access = new Request { Verb = DoozerVerb.Access, Value = ByteString.CopyFromUtf8(key) };
                if ((await connection.CallAsync(access, cancellationToken)).HasErrCode)
                {
                    throw new DoozerException($"{address} refuses the secret key given with sk=");
                }
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Drop() => Interlocked.Exchange(ref _connection, null)?.Dispose();
}
