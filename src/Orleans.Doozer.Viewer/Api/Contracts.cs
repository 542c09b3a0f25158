using System.Text.Json.Serialization;

namespace Orleans.Doozer.Viewer.Api;

// The JSON of API.md, in its order.
internal sealed record ErrorInfo(string Code, string Message, long? Oldest = null, long? Revision = null);

internal sealed record ErrorReply(ErrorInfo Error, FileInfoReply? Current = null, bool? Directory = null);

internal sealed record SessionInfo
{
    /// <summary>For the websocket only.</summary>
    public string? Type { get; init; }

    public required string Access { get; init; }

    public required bool SignedIn { get; init; }

    public required bool CanSignIn { get; init; }

    public string? Csrf { get; init; }

    public required string State { get; init; }

    public string? Reason { get; init; }

    public string? Node { get; init; }

    public string? Store { get; init; }

    public string? ClusterName { get; init; }

    public string? ClusterId { get; init; }

    public string? Address { get; init; }

    public string? Version { get; init; }

    public long? Revision { get; init; }

    public long? OldestRevision { get; init; }

    public int? MaxValueBytes { get; init; }
}

internal sealed record SignIn(string? Secret);

/// <summary>A child of a directory. Its kind is <c>file</c>, <c>directory</c> or <c>missing</c>.</summary>
internal sealed record TreeEntry(string Name, string Kind, long? Revision = null, int? Length = null);

internal sealed record TreeReply(long At, string Path, int Count, bool More, IReadOnlyList<TreeEntry> Entries);

internal sealed record FoundFile(string Path, long Revision, int Length);

internal sealed record FindReply(long At, string Glob, bool More, string? Next, IReadOnlyList<FoundFile> Files);

internal sealed record FileInfoReply(
    long At, string Path, long Revision, int Length, string Encoding, string Value, bool Truncated);

internal sealed record FileVersion(
    long Revision, string Kind, int? Length = null, string? Encoding = null, string? Value = null, bool? Truncated = null,
    bool? BeforeHistory = null);

internal sealed record HistoryReply(long At, string Path, long Oldest, bool More, IReadOnlyList<FileVersion> Versions);

internal sealed record EventInfo(
    long Revision, string Kind, string Path, int? Length = null, string? Encoding = null, string? Value = null, bool? Truncated = null,
    long? Previous = null, int? Changes = null);

internal sealed record EventsReply(long At, long Oldest, long From, long Next, IReadOnlyList<EventInfo> Events);

internal sealed record WriteBody(
    [property: JsonRequired] long Revision, [property: JsonRequired] string Encoding, [property: JsonRequired] string Value);

internal sealed record WriteResult(long Revision);
