using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;
using Request = Orleans.Doozer.Protocol.Request;

namespace Orleans.Doozer.Viewer.BrowserTests;

/// <summary>Changes files over Doozer's TCP protocol: the other client, of which the page must show what it does.</summary>
internal sealed class StoreClient : IDisposable
{
    private const long Clobber = -1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly WireConnection _connection;

    private StoreClient(WireConnection connection) => _connection = connection;

    public static async Task<StoreClient> OpenAsync(int port, string? secret)
    {
        using var patience = new CancellationTokenSource(Patience);
        var client = new StoreClient(await WireConnection.OpenAsync(new ServerAddress("127.0.0.1", port), patience.Token));
        if (secret is not null)
        {
            await client.CallAsync(new Request { Verb = DoozerVerb.Access, Value = ByteString.CopyFromUtf8(secret) });
        }

        return client;
    }

    /// <summary>Writes a file whatever is there.</summary>
    /// <returns>The revision of the change.</returns>
    public Task<long> SetAsync(string path, string value) => SetAsync(path, ByteString.CopyFromUtf8(value));

    /// <inheritdoc cref="SetAsync(string, string)"/>
    public async Task<long> SetAsync(string path, ByteString value) =>
        (await CallAsync(new Request { Verb = DoozerVerb.Set, Path = path, Value = value, Rev = Clobber })).Rev;

    public Task DeleteAsync(string path) => CallAsync(new Request { Verb = DoozerVerb.Delete, Path = path, Rev = Clobber });

    public async Task<string> GetAsync(string path) =>
        (await CallAsync(new Request { Verb = DoozerVerb.Get, Path = path })).Value.ToStringUtf8();

    /// <summary>Whether the node answers a linearizable read.</summary>
    public async Task<bool> HasJoinedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return !(await _connection.CallAsync(new Request { Verb = DoozerVerb.Get, Path = "/ctl/name" }, patience.Token)).HasErrCode;
    }

    /// <summary>Writes many files, so many at a time.</summary>
    public async Task SetManyAsync(int count, int atOnce, Func<int, (string Path, string Value)> file)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var number && number < count)
            {
                var (path, value) = file(number);
                await SetAsync(path, value);
            }
        }));
    }

    public void Dispose() => _connection.Dispose();

    private async Task<Response> CallAsync(Request request)
    {
        using var patience = new CancellationTokenSource(Patience);
        var response = await _connection.CallAsync(request, patience.Token);
        return response.HasErrCode
            ? throw new InvalidOperationException($"{request.Path}: error {response.ErrCode} {response.ErrDetail}")
            : response;
    }
}
