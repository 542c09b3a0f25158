using System.Net.WebSockets;
using System.Text.Json;
using Orleans.Doozer.Viewer.Api;

namespace Orleans.Doozer.Viewer.Live;

/// <summary>Reads what a page sends.</summary>
internal sealed class PageReader(WebSocket socket)
{
    private const int BytesMax = 64 * 1024;
    private readonly byte[] _buffer = new byte[BytesMax];

    /// <summary>The next message; null when the page has closed.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public async Task<PageMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Binary)
            {
                throw new JsonException("a message is text");
            }

            if (part.EndOfMessage)
            {
                return JsonSerializer.Deserialize(_buffer.AsSpan(0, length), ViewerJson.Shapes.PageMessage)
                    ?? throw new JsonException("the message is null");
            }

            if (length == BytesMax)
            {
                throw new JsonException($"a message has at most {BytesMax} bytes");
            }
        }
    }
}
