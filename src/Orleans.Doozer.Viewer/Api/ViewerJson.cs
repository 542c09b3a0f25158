using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Orleans.Doozer.Viewer.Feeds;
using Orleans.Doozer.Viewer.Live;

namespace Orleans.Doozer.Viewer.Api;

/// <summary>How everything is written as JSON.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(SessionInfo))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(TreeReply))]
[JsonSerializable(typeof(FindReply))]
[JsonSerializable(typeof(FileInfoReply))]
[JsonSerializable(typeof(HistoryReply))]
[JsonSerializable(typeof(EventsReply))]
[JsonSerializable(typeof(WriteBody))]
[JsonSerializable(typeof(WriteResult))]
[JsonSerializable(typeof(PageMessage))]
[JsonSerializable(typeof(StateFrame))]
[JsonSerializable(typeof(TreeFrame))]
[JsonSerializable(typeof(EventsFrame))]
[JsonSerializable(typeof(SkippedFrame))]
[JsonSerializable(typeof(TooLateFrame))]
[JsonSerializable(typeof(ErrorFrame))]
[JsonSerializable(typeof(ClusterFrame))]
[JsonSerializable(typeof(PaxosFrame))]
[JsonSerializable(typeof(SeriesFrame))]
internal sealed partial class ViewerJson : JsonSerializerContext
{
    // The generated Default escapes all that is not ASCII. This one still escapes what means something in HTML.
    public static ViewerJson Shapes { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    });

    /// <exception cref="ViewerException">The body is not that JSON.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            throw ViewerException.BadRequest("send JSON, with the content type application/json");
        }

        try
        {
            return await request.ReadFromJsonAsync(type, request.HttpContext.RequestAborted)
                ?? throw ViewerException.BadRequest("the JSON is null");
        }
        catch (JsonException exception)
        {
            throw ViewerException.BadRequest($"the JSON cannot be read: {exception.Message}");
        }
    }
}
