namespace Orleans.Doozer;

/// <summary>Why a request was refused. The numbers are those of Doozer's protocol (doc/proto.md); ours start at 200.</summary>
public enum DoozerErrorCode
{
    /// <summary>It was not refused.</summary>
    None = 0,

    /// <summary>Two requests of one connection carry the same tag.</summary>
    TagInUse = 1,

    /// <summary>The verb is not known here.</summary>
    UnknownVerb = 2,

    /// <summary>This node cannot write yet: it has not joined.</summary>
    ReadOnly = 3,

    /// <summary>The revision is older than the kept history.</summary>
    TooLate = 4,

    /// <summary>The file's revision is newer than the one given; nothing was changed.</summary>
    RevisionMismatch = 5,

    /// <summary>The path or pattern breaks the rules for paths.</summary>
    BadPath = 6,

    /// <summary>The verb needs an argument that was not given.</summary>
    MissingArgument = 7,

    /// <summary>The offset is outside of the list.</summary>
    Range = 8,

    /// <summary>The path, or a part of it, is a file where a directory is needed.</summary>
    NotDirectory = 20,

    /// <summary>The path is a directory where a file is needed.</summary>
    IsDirectory = 21,

    /// <summary>There is nothing at the path.</summary>
    NoEntry = 22,

    /// <summary>Something else; the detail says what.</summary>
    Other = 127,

    /// <summary>The store cannot decide now (no majority, or no leader in time). The request was not carried out.</summary>
    Unavailable = 200,

    /// <summary>The request may or may not have been carried out.</summary>
    OutcomeUnknown = 201,

    /// <summary>A limit was exceeded (size, count, pending requests); nothing was changed.</summary>
    LimitExceeded = 202,

    /// <summary>The secret does not allow it.</summary>
    AccessDenied = 203,
}
