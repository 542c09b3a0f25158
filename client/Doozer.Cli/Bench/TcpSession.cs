using System.Runtime.CompilerServices;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Bench;

/// <summary>One TCP connection to one node, with Doozer's protocol.</summary>
internal sealed class TcpSession : ISession
{
    // Whatever the revision of the file.
    private const long Clobber = -1;

    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(5);
    private readonly WireConnection _connection;

    /// <summary>Takes over a connection.</summary>
    public TcpSession(WireConnection connection) => _connection = connection;

    /// <summary>Connects to one node.</summary>
    public static async Task<TcpSession> OpenAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(OpenTimeout);
        return new TcpSession(await WireConnection.OpenAsync(address, patience.Token));
    }

    public async Task<long> PutAsync(string path, ReadOnlyMemory<byte> value)
    {
        var request = new Request
        {
            Verb = DoozerVerb.Set,
            Path = path,
            Value = UnsafeByteOperations.UnsafeWrap(value),
            Rev = Clobber,
        };
        return (await CallAsync(request)).Rev;
    }

    public Task GetAsync(string path, bool isLinearizable) => isLinearizable
        ? CallAsync(new Request { Verb = DoozerVerb.Get, Path = path })
        : throw new NotSupportedException("Doozer's protocol has no local reads; use --protocol orleans");

    public Task NullAsync() => CallAsync(new Request { Verb = DoozerVerb.Self });

    public async Task<long> RevisionAsync() => (await CallAsync(new Request { Verb = DoozerVerb.Revision })).Rev;

    public async Task<StatusReport> StatusAsync() =>
        StatusReport.Parser.ParseFrom((await CallAsync(new Request { Verb = DoozerVerb.Status })).Value);

    public async IAsyncEnumerable<long> WatchAsync(
        string path, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = from; ;)
        {
            var change = await CallAsync(new Request { Verb = DoozerVerb.Wait, Path = path, Rev = next }, cancellationToken);
            yield return change.Rev;
            next = change.Rev + 1;
        }
    }

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Response> CallAsync(Request request, CancellationToken cancellationToken = default)
    {
        var response = await _connection.CallAsync(request, cancellationToken);
        return response.HasErrCode ? throw ServerError.From(request, response) : response;
    }
}
