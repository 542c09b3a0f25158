namespace Orleans.Doozer;

/// <summary>The base of all errors of a store. Nothing was changed, unless it is a <see cref="DoozerOutcomeUnknownException"/>.</summary>
[GenerateSerializer, Alias("doozer.Exception")]
public class DoozerException : Exception
{
    /// <summary>Makes an error with a code and a sentence.</summary>
    public DoozerException(DoozerErrorCode code, string message)
        : base(message) => Code = code;

    /// <summary>Makes an error with a code, a sentence and the cause.</summary>
    public DoozerException(DoozerErrorCode code, string message, Exception? inner)
        : base(message, inner) => Code = code;

    /// <summary>The reason as a code, equal to Doozer's on the wire.</summary>
    [Id(0)]
    public DoozerErrorCode Code { get; }

    /// <summary>The exception of the family that belongs to a code.</summary>
    public static DoozerException From(DoozerErrorCode code, string? detail) => code switch
    {
        DoozerErrorCode.RevisionMismatch => new DoozerRevisionMismatchException(
            detail ?? "the file's revision is newer than the one given; read it again and decide anew"),
        DoozerErrorCode.TooLate => new DoozerTooLateException(
            detail ?? "the revision is older than the kept history; read the current state and go on from its revision"),
        DoozerErrorCode.BadPath => new DoozerBadPathException(detail ?? "the path breaks the rules for paths"),
        DoozerErrorCode.OutcomeUnknown => new DoozerOutcomeUnknownException(
            detail ?? "the request may or may not have been carried out; read the file to find out"),
        DoozerErrorCode.Unavailable => new DoozerUnavailableException(
            detail ?? "the store has no majority now; nothing was changed; try again"),
        _ => new DoozerException(code, detail ?? Describe(code)),
    };

    private static string Describe(DoozerErrorCode code) => code switch
    {
        DoozerErrorCode.NotDirectory => "the path, or a part of it, is a file where a directory is needed",
        DoozerErrorCode.IsDirectory => "the path is a directory where a file is needed",
        DoozerErrorCode.NoEntry => "there is nothing at the path",
        DoozerErrorCode.ReadOnly => "this node cannot write yet; use another one or wait until it has joined",
        DoozerErrorCode.LimitExceeded => "a limit was exceeded; nothing was changed",
        DoozerErrorCode.AccessDenied => "the secret does not allow it",
        DoozerErrorCode.MissingArgument => "an argument is missing",
        DoozerErrorCode.Range => "the offset is outside of the list",
        _ => $"the request was refused: {code}",
    };
}

/// <summary>A compare-and-set lost: the file's revision is newer than the one given. Nothing was changed.</summary>
[GenerateSerializer, Alias("doozer.RevisionMismatch")]
public sealed class DoozerRevisionMismatchException(string message) : DoozerException(DoozerErrorCode.RevisionMismatch, message);

/// <summary>The revision is older than the kept history.</summary>
[GenerateSerializer, Alias("doozer.TooLate")]
public sealed class DoozerTooLateException(string message) : DoozerException(DoozerErrorCode.TooLate, message);

/// <summary>A path or pattern breaks the rules for paths.</summary>
[GenerateSerializer, Alias("doozer.BadPath")]
public sealed class DoozerBadPathException(string message) : DoozerException(DoozerErrorCode.BadPath, message);

/// <summary>The store cannot decide now. The request was not carried out and may be tried again.</summary>
[GenerateSerializer, Alias("doozer.Unavailable")]
public sealed class DoozerUnavailableException(string message) : DoozerException(DoozerErrorCode.Unavailable, message);

/// <summary>
/// The request may or may not have been carried out, and may still be. Retrying it with another request could do it twice;
/// read the file to find out what happened.
/// </summary>
[GenerateSerializer, Alias("doozer.OutcomeUnknown")]
public sealed class DoozerOutcomeUnknownException : DoozerException
{
    /// <summary>Makes the error with a sentence that says what is not known.</summary>
    public DoozerOutcomeUnknownException(string message)
        : base(DoozerErrorCode.OutcomeUnknown, message)
    {
    }

    /// <summary>Makes the error with its cause, for example a cancellation that came after the request was sent.</summary>
    public DoozerOutcomeUnknownException(string message, Exception? inner)
        : base(DoozerErrorCode.OutcomeUnknown, message, inner)
    {
    }
}
