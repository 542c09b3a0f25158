using Orleans.Doozer.Viewer.Api;

namespace Orleans.Doozer.Viewer.Live;

/// <summary>Whatever a page may send; which fields belong to which type is in API.md.</summary>
internal sealed record PageMessage(
    string? Type, string? Id, string? Glob, long? From, string? Mode, string[]? Directories, string[]? On);

internal sealed record StateFrame(string Type, string State, long Revision, long OldestRevision, long Behind);

/// <summary>What became of the children of one directory; <c>Many</c> instead of the entries when they are too many.</summary>
internal sealed record DirectoryChange(string Directory, int Count, bool? Many, IReadOnlyList<TreeEntry>? Entries);

internal sealed record TreeFrame(string Type, long Next, long At, IReadOnlyList<DirectoryChange> Changes);

internal sealed record EventsFrame(string Type, string Id, long Next, long At, IReadOnlyList<EventInfo> Events);

internal sealed record SkippedFrame(string Type, string Id, long From, long Next);

internal sealed record TooLateFrame(string Type, string? Id, long Oldest, long Revision);

internal sealed record ErrorFrame(string Type, string? Id, string Code, string Message);
