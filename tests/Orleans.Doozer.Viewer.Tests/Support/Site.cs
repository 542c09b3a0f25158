using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Orleans.Doozer.Grains;
using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Viewer.Tests.Support;

/// <summary>The web view of a node on a free port, and a browser's side of it: cookies, the CSRF header, sockets.</summary>
internal sealed class Site : IAsyncDisposable
{
    public const string WriteSecret = "write it";
    public const string ReadSecret = "read it";
    private readonly ViewerHost _host;
    private readonly HttpClient _client;
    private readonly CookieContainer _cookies = new();
    private readonly DoozerTestNode _node;
    private string _csrf = "";

    private Site(ViewerHost host, ViewerNode shown, DoozerTestNode node)
    {
        _host = host;
        _node = node;
        Shown = shown;
#pragma warning disable CA5359 // The test made the certificate itself, a moment ago; nobody vouches for it.
        _client = new HttpClient(new SocketsHttpHandler
        {
            CookieContainer = _cookies,
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        })
        { BaseAddress = host.Address };
#pragma warning restore CA5359
    }

    public ViewerNode Shown { get; }

    public Uri Address => _host.Address;

    public CookieCollection Cookies => _cookies.GetAllCookies();

    public static async Task<Site> StartAsync(DoozerTestNode node, Action<DoozerViewerOptions>? configure = null)
    {
        var options = new DoozerViewerOptions { Address = new(IPAddress.Loopback, 0), SignInsPerMinute = 1000 };
        configure?.Invoke(options);
        var shown = new ViewerNode();
        shown.Serve(node.Services);
        return new(await ViewerHost.StartAsync(shown, options), shown, node);
    }

    public static Task<Site> StartWithSecretsAsync(DoozerTestNode node, Action<DoozerViewerOptions>? configure = null) =>
        StartAsync(node, options =>
        {
            options.ReadWriteSecret = WriteSecret;
            options.ReadOnlySecret = ReadSecret;
            configure?.Invoke(options);
        });

    /// <summary>Sends a request with the CSRF header that the page was last told.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, object? body = null, params (string, string)[] headers)
    {
        var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(body) };
        if (method != HttpMethod.Get && _csrf.Length > 0)
        {
            request.Headers.Add(ViewerHost.CsrfHeader, _csrf);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _client.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(string address, params (string, string)[] headers) =>
        SendAsync(HttpMethod.Get, address, null, headers);

    /// <summary>Gets JSON; fails with what came instead.</summary>
    public async Task<JsonElement> GetJsonAsync(string address)
    {
        using var response = await GetAsync(address);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{address}: {response.StatusCode} {text}");
        return Json(text);
    }

    /// <summary>What the page asks first; it also learns the CSRF token.</summary>
    public async Task<JsonElement> GetSessionAsync() => Learn(await GetJsonAsync("/api/session"));

    /// <summary>Signs in; the status tells whether it worked.</summary>
    public async Task<HttpStatusCode> SignInAsync(string secret)
    {
        await GetSessionAsync();
        using var response = await SendAsync(HttpMethod.Post, "/api/session", new { secret });
        if (response.IsSuccessStatusCode)
        {
            Learn(Json(await response.Content.ReadAsStringAsync()));
        }

        return response.StatusCode;
    }

    /// <summary>Opens the page's socket.</summary>
    /// <param name="origin">The page it comes from; ours unless told otherwise.</param>
    /// <param name="receiveBuffer">How many bytes the kernel keeps for a page that does not read; megabytes unless told otherwise.</param>
    public async Task<PageSocket> ConnectAsync(string? origin = null, int? receiveBuffer = null)
    {
        var socket = new ClientWebSocket();
        using var handler = new HttpMessageInvoker(new SocketsHttpHandler
        {
            CookieContainer = _cookies,
            ConnectCallback = (context, cancellationToken) => OpenAsync(context.DnsEndPoint, receiveBuffer, cancellationToken),
        });
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", origin ?? Address.GetLeftPart(UriPartial.Authority));
        try
        {
            await socket.ConnectAsync(new UriBuilder(Address) { Scheme = "ws", Path = "/api/live" }.Uri, handler, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new HttpRequestException("the socket was refused", null, status);
        }

        return new(socket);
    }

    /// <summary>Sets a file behind the page's back.</summary>
    public Task<long> SetAsync(string path, string value) => SetAsync(path, Encoding.UTF8.GetBytes(value));

    public Task<long> SetAsync(string path, byte[] value) => WriteAsync(WriteKind.Set, path, value);

    public Task<long> DeleteAsync(string path) => WriteAsync(WriteKind.Delete, path, []);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
        Shown.Dispose();
    }

    private static async ValueTask<Stream> OpenAsync(EndPoint server, int? receiveBuffer, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } bytes)
        {
            socket.ReceiveBufferSize = bytes;
        }

        await socket.ConnectAsync(server, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task<long> WriteAsync(WriteKind kind, string path, byte[] value)
    {
        var request = new WriteRequest(_node.Store.NewRequestId(), kind, path, value, Revision.Clobber);
        var reply = await _node.Store.WriteAsync(request, CancellationToken.None);
        Assert.Equal(DoozerErrorCode.None, reply.Error);
        return reply.Revision.Value;
    }

    private JsonElement Learn(JsonElement session)
    {
        _csrf = session.GetProperty("csrf").GetString()!;
        return session;
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
