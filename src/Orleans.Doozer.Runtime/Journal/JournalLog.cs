using Microsoft.Extensions.Logging;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>What the journal logs.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Information,
        Message = "Journal '{Path}' opened: node {Node}, cluster {Cluster}, {Stores} stores, {Records} log entries")]
    public static partial void Opened(ILogger logger, string path, string node, string cluster, int stores, long records);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning,
        Message = "Journal '{Path}': a commit took {Milliseconds} ms; a disk this slow delays every vote of this node")]
    public static partial void SlowSync(ILogger logger, string path, long milliseconds);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Critical, Message = "Journal stopped: {Reason}")]
    public static partial void Faulted(ILogger logger, string reason, Exception error);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Error,
        Message = "Journal '{Path}': a handler, a completion or the closing of the database threw")]
    public static partial void CallbackThrew(ILogger logger, string path, Exception error);
}
