using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Wire;

/// <summary>The server answered with an error code.</summary>
internal sealed class ServerErrorException(int code, string message)
    : DoozerException(message, code == ServerError.RevisionMismatch ? Cli.ExitCode.RevisionMismatch : Cli.ExitCode.Failure)
{
    internal int Code { get; } = code;
}

/// <summary>Error codes of the protocol, and what to tell a person about each.</summary>
internal static class ServerError
{
    internal const int TagInUse = 1;
    internal const int UnknownVerb = 2;
    internal const int ReadOnly = 3;
    internal const int TooLate = 4;
    internal const int RevisionMismatch = 5;
    internal const int BadPath = 6;
    internal const int MissingArgument = 7;
    internal const int Range = 8;
    internal const int NotDirectory = 20;
    internal const int IsDirectory = 21;
    internal const int NoEntry = 22;
    internal const int Other = 127;

    private const int DetailCharactersMax = 500;

    internal static ServerErrorException From(Request request, Response response)
    {
        string detail = Printable(response.ErrDetail);
        string text = $"{Name(response.ErrCode)}: {Describe(request, response.ErrCode, detail)}";
        bool isRepeated = response.ErrCode == Other || detail.Length == 0;
        return new ServerErrorException(response.ErrCode, isRepeated ? text : $"{text} ({detail})");
    }

    internal static string Name(int code) => code switch
    {
        TagInUse => "TAG_IN_USE",
        UnknownVerb => "UNKNOWN_VERB",
        ReadOnly => "READONLY",
        TooLate => "TOO_LATE",
        RevisionMismatch => "REV_MISMATCH",
        BadPath => "BAD_PATH",
        MissingArgument => "MISSING_ARG",
        Range => "RANGE",
        NotDirectory => "NOTDIR",
        IsDirectory => "ISDIR",
        NoEntry => "NOENT",
        Other => "OTHER",
        _ => $"ERROR {code}",
    };

    private static string Describe(Request request, int code, string detail) => code switch
    {
        TagInUse => "two requests carried the same tag; this is a bug in doozer, please report it",
        UnknownVerb => "the server does not know this command; it may be older than this client",
        ReadOnly => "no server that could be reached accepts writes; name a voting node with ca=",
        TooLate => $"revision {request.Rev} is no longer kept; use a later one, 'doozer rev' prints the current one",
        RevisionMismatch =>
            $"the file's revision is newer than the one given ({request.Rev}); 'doozer stat {request.Path}' prints it",
        BadPath => $"\"{request.Path}\" is no path the server accepts; paths look like /name/name",
        MissingArgument => "the server misses a field of the request; it may be newer than this client",
        Range => "the position is past the end of the directory",
        NotDirectory => $"a part of {request.Path} is a file where a directory is needed",
        IsDirectory => $"{request.Path} is a directory; 'doozer find {request.Path}' lists what it holds",
        NoEntry => $"{request.Path} does not exist",
        Other when detail.Contains("permission denied", StringComparison.OrdinalIgnoreCase) =>
            $"{detail}; give the cluster's secret key with sk= in the URI",
        Other => detail.Length == 0 ? "the server gives no reason" : detail,
        _ => "an error code this client does not know",
    };

    // The text comes from the network: it stays on one line and sends no escape sequences to the terminal.
    internal static string Printable(string text)
    {
        string start = text.Length <= DetailCharactersMax ? text : text[..DetailCharactersMax];
        return string.Concat(start.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
    }
}
