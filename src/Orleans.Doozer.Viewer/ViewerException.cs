using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Orleans.Doozer.Viewer;

/// <summary>A refusal of the API: what its JSON says.</summary>
[SuppressMessage("Design", "CA1032", Justification = "A refusal has a status and a code.")]
internal sealed class ViewerException(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    /// <summary>For <c>tooLate</c>: the oldest revision that is kept.</summary>
    public long? Oldest { get; init; }

    /// <summary>For <c>tooLate</c>: the newest one.</summary>
    public long? Revision { get; init; }

    /// <summary>For <c>tooMany</c>: when to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static ViewerException Unavailable(string message) => new(StatusCodes.Status503ServiceUnavailable, "unavailable", message);

    public static ViewerException BadRequest(string message) => new(StatusCodes.Status400BadRequest, "badRequest", message);

    public static ViewerException NotFound(string message) => new(StatusCodes.Status404NotFound, "notFound", message);

    public static ViewerException Forbidden(string code, string message) => new(StatusCodes.Status403Forbidden, code, message);

    /// <summary>The refusal that belongs to an error of the store.</summary>
    public static ViewerException From(DoozerErrorCode code, string? detail)
    {
        var message = DoozerException.From(code, detail).Message;
        return code switch
        {
            DoozerErrorCode.TooLate => new(StatusCodes.Status410Gone, "tooLate", message),
            DoozerErrorCode.BadPath => new(StatusCodes.Status400BadRequest, "badPath", message),
            DoozerErrorCode.LimitExceeded => new(StatusCodes.Status413PayloadTooLarge, "limit", message),
            DoozerErrorCode.OutcomeUnknown => new(StatusCodes.Status504GatewayTimeout, "unknown", message),
            DoozerErrorCode.NoEntry => NotFound(message),
            DoozerErrorCode.Unavailable or DoozerErrorCode.ReadOnly => Unavailable(message),
            _ => BadRequest(message),
        };
    }
}
