using System.Net.WebSockets;
using System.Text.Json;

namespace Orleans.Doozer.Viewer.Tests.Support;

/// <summary>A page's side of the socket.</summary>
internal sealed class PageSocket(ClientWebSocket socket) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Why the server closed; null while it has not.</summary>
    public int? CloseCode => (int?)socket.CloseStatus;

    public Task SendAsync(object message) => SendTextAsync(JsonSerializer.SerializeToUtf8Bytes(message));

    public Task SendTextAsync(byte[] text) => socket.SendAsync(text, WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>The next frame; null when the server has closed.</summary>
    public async Task<JsonElement?> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[1 << 20];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += part.Count;
            if (part.EndOfMessage)
            {
                return JsonDocument.Parse(buffer.AsMemory(0, length)).RootElement;
            }
        }
    }

    /// <summary>The next frame of a type, or of one of several.</summary>
    public async Task<JsonElement> ReceiveAsync(params string[] types)
    {
        while (await ReceiveAsync() is { } frame)
        {
            if (types.Contains(frame.GetProperty("type").GetString()))
            {
                return frame;
            }
        }

        throw new InvalidOperationException($"the server closed with {CloseCode} before it sent {string.Join(" or ", types)}");
    }

    /// <summary>Reads until the server closes.</summary>
    /// <returns>Its reason.</returns>
    public async Task<int?> ReceiveCloseAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }

        return CloseCode;
    }

    public void Dispose() => socket.Dispose();
}
