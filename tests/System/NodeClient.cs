using System.Net.Sockets;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;
using Request = Orleans.Doozer.Protocol.Request;

namespace Orleans.Doozer.SystemTests;

/// <summary>How a request ended: the third is the honest one.</summary>
internal enum Outcome
{
    Ok,
    Refused,
    Unknown,
}

/// <summary>A client of one node that dials again when its connection breaks.</summary>
internal sealed class NodeClient(int port) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private WireConnection? _connection;

    public int Port => port;

    /// <summary>Creates a file.</summary>
    public async Task<(Outcome Outcome, long Revision)> CreateAsync(string path, string value)
    {
        var request = new Request { Verb = DoozerVerb.Set, Path = path, Value = ByteString.CopyFromUtf8(value), Rev = 0 };
        return Judge(await CallAsync(request));
    }

    /// <summary>Writes a file unless it changed after a revision; 0 expects that there is none.</summary>
    public async Task<Outcome> CompareAndSetAsync(string path, string value, long revision)
    {
        var request = new Request { Verb = DoozerVerb.Set, Path = path, Value = ByteString.CopyFromUtf8(value), Rev = revision };
        return Judge(await CallAsync(request)).Outcome;
    }

    public async Task<Outcome> DeleteAsync(string path) =>
        Judge(await CallAsync(new Request { Verb = DoozerVerb.Delete, Path = path, Rev = -1 })).Outcome;

    public async Task<(Outcome Outcome, long Revision)> SetAsync(string path, string value)
    {
        var request = new Request { Verb = DoozerVerb.Set, Path = path, Value = ByteString.CopyFromUtf8(value), Rev = -1 };
        return await CallAsync(request) is { HasErrCode: false } response ? (Outcome.Ok, response.Rev) : (Outcome.Unknown, 0);
    }

    /// <summary>A linearizable read; null when the node did not answer.</summary>
    public async Task<(string Value, long Revision)?> GetAsync(string path)
    {
        var request = new Request { Verb = DoozerVerb.Get, Path = path };
        return await CallAsync(request) is { HasErrCode: false } response ? (response.Value.ToStringUtf8(), response.Rev) : null;
    }

    public void Dispose() => _connection?.Dispose();

    private static (Outcome Outcome, long Revision) Judge(Response? response) =>
        response is null ? (Outcome.Unknown, 0)
        : !response.HasErrCode ? (Outcome.Ok, response.Rev)
        : response.ErrCode == ServerError.RevisionMismatch ? (Outcome.Refused, 0)
        : (Outcome.Unknown, 0);

    private async Task<Response?> CallAsync(Request request)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            if (_connection is not { IsOpen: true })
            {
                _connection?.Dispose();
                _connection = await WireConnection.OpenAsync(new ServerAddress("127.0.0.1", port), patience.Token);
            }

            return await _connection.CallAsync(request, patience.Token);
        }
        catch (Exception exception) when (exception is SocketException or ConnectionLostException or global::Doozer.Cli.DoozerException or OperationCanceledException)
        {
            return null;
        }
    }
}
