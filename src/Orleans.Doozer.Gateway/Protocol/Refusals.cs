using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Protocol;

/// <summary>Errors as Doozer's clients know them. Doozer sent a sentence with OTHER only, and its clients print what they get, so the
/// other codes go without; what has no code of Doozer's goes as OTHER.</summary>
internal static class Refusals
{
    /// <summary>What Doozer's server said: the text of EACCES.</summary>
    private const string PermissionDenied = "permission denied";

    private const int LastCodeOfDoozer = (int)DoozerErrorCode.Other;

    /// <summary>The secret does not allow it.</summary>
    public static Response AccessDenied() => Other(PermissionDenied);

    /// <summary>A required field is absent.</summary>
    public static Response MissingArgument() => Of(DoozerErrorCode.MissingArgument);

    /// <summary>A limit of the gateway was exceeded.</summary>
    public static Response LimitExceeded(string detail) => Of(DoozerErrorCode.LimitExceeded, detail);

    /// <summary>OTHER with a sentence.</summary>
    public static Response Other(string detail) => new() { ErrCode = (int)DoozerErrorCode.Other, ErrDetail = detail };

    /// <summary>The answer for a code of ours.</summary>
    public static Response Of(DoozerErrorCode code, string? detail = null) => code switch
    {
        DoozerErrorCode.Other => Other(detail ?? "the request was refused"),
        DoozerErrorCode.AccessDenied => AccessDenied(),
        DoozerErrorCode.OutcomeUnknown => Other(Join("outcome unknown", code, detail)),
        DoozerErrorCode.Unavailable => Other(Join("unavailable", code, detail)),
        DoozerErrorCode.LimitExceeded => Other(Join("limit exceeded", code, detail)),
        _ when (int)code is > 0 and <= LastCodeOfDoozer => new() { ErrCode = (int)code },
        _ => Other(detail ?? $"the request was refused: {code}"),
    };

    private static string Join(string kind, DoozerErrorCode code, string? detail)
    {
        detail ??= DoozerException.From(code, null).Message;
        return detail.StartsWith(kind, StringComparison.OrdinalIgnoreCase) ? detail : $"{kind}: {detail}";
    }
}
