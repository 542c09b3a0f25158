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

    /// <summary>No connection came about, so it never left.</summary>
    Unsent,
}

/// <summary>A client of one node that dials again when its connection breaks.</summary>
internal sealed class NodeClient(ServerAddress address, TimeSpan? patience = null) : IDisposable
{
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(15);
    private WireConnection? _connection;

    public ServerAddress Address => address;

    /// <summary>Creates a file.</summary>
    public async Task<(Outcome Outcome, long Revision)> CreateAsync(string path, string value)
    {
        var request = new Request { Verb = DoozerVerb.Set, Path = path, Value = ByteString.CopyFromUtf8(value), Rev = 0 };
        return await WriteAsync(request);
    }

    /// <summary>Writes a file unless it changed after a revision; 0 expects that there is none.</summary>
    public async Task<Outcome> CompareAndSetAsync(string path, string value, long revision)
    {
        var request = new Request { Verb = DoozerVerb.Set, Path = path, Value = ByteString.CopyFromUtf8(value), Rev = revision };
        return (await WriteAsync(request)).Outcome;
    }

    public async Task<Outcome> DeleteAsync(string path) =>
        (await WriteAsync(new Request { Verb = DoozerVerb.Delete, Path = path, Rev = -1 })).Outcome;

    public async Task<(Outcome Outcome, long Revision)> SetAsync(string path, string value)
    {
        var request = new Request { Verb = DoozerVerb.Set, Path = path, Value = ByteString.CopyFromUtf8(value), Rev = -1 };
        return await WriteAsync(request) is { Outcome: not Outcome.Refused } result ? result : (Outcome.Unknown, 0);
    }

    /// <summary>A linearizable read, or the node's own state as of a revision; null when the node did not answer.</summary>
    public async Task<(string Value, long Revision)?> GetAsync(string path, long? revision = null)
    {
        var request = new Request { Verb = DoozerVerb.Get, Path = path };
        if (revision is { } at)
        {
            request.Rev = at;
        }

        return await CallAsync(request) is { HasErrCode: false } response ? (response.Value.ToStringUtf8(), response.Rev) : null;
    }

    /// <summary>How the node stands, by its own word; null when it did not answer.</summary>
    public async Task<StatusReport?> StatusAsync() =>
        await CallAsync(new Request { Verb = DoozerVerb.Status }) is { HasErrCode: false } response ? StatusReport.Parser.ParseFrom(response.Value) : null;

    public void Dispose() => _connection?.Dispose();

    private async Task<(Outcome Outcome, long Revision)> WriteAsync(Request request)
    {
        var response = await CallAsync(request);
        return response is null ? (_connection is null ? Outcome.Unsent : Outcome.Unknown, 0)
            : !response.HasErrCode ? (Outcome.Ok, response.Rev)
            : response.ErrCode == ServerError.RevisionMismatch ? (Outcome.Refused, 0)
            : (Outcome.Unknown, 0);
    }

    private async Task<Response?> CallAsync(Request request)
    {
        using var patience = new CancellationTokenSource(_patience);
        try
        {
            if (_connection is not { IsOpen: true })
            {
                _connection?.Dispose();
                _connection = null;
                _connection = await WireConnection.OpenAsync(address, patience.Token);
            }

            return await _connection.CallAsync(request, patience.Token);
        }
        catch (Exception exception) when (exception is SocketException or ConnectionLostException or global::Doozer.Cli.DoozerException or OperationCanceledException)
        {
            return null;
        }
    }
}
