namespace Orleans.Doozer;

/// <summary>A file: its path, its whole content and the revision that last wrote it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Value">Its bytes; empty for an empty file.</param>
/// <param name="Revision">The revision of its last change: the fencing token of whoever wrote it.</param>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("doozer.Entry")]
public sealed record DoozerEntry(
    [property: Id(0)] string Path, [property: Id(1)] ReadOnlyMemory<byte> Value, [property: Id(2)] Revision Revision);

/// <summary>What <c>Stat</c> tells about a path.</summary>
/// <param name="Revision">The file's revision, <see cref="Revision.Directory"/>, or <see cref="Revision.Missing"/>.</param>
/// <param name="Length">Bytes of a file, entries of a directory, 0 when missing.</param>
[GenerateSerializer, Immutable, Alias("doozer.Stat")]
public readonly record struct DoozerStat([property: Id(0)] Revision Revision, [property: Id(1)] int Length)
{
    /// <summary>Whether there is a file.</summary>
    public bool IsFile => Revision.IsFile;

    /// <summary>Whether there is a directory.</summary>
    public bool IsDirectory => Revision == Revision.Directory;

    /// <summary>Whether there is anything.</summary>
    public bool Exists => Revision != Revision.Missing;
}

/// <summary>What a change did.</summary>
public enum DoozerEventKind
{
    /// <summary>Took a revision and changed nothing (<c>Nop</c>). Its path is <c>/</c>.</summary>
    Nop = 0,

    /// <summary>Created or rewrote a file.</summary>
    Set = 1,

    /// <summary>Deleted a file.</summary>
    Delete = 2,
}

/// <summary>One change to one file.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Path">The file.</param>
/// <param name="Value">Its content after the change; empty after a delete.</param>
/// <param name="Revision">The revision of the change. All changes of one transaction share it.</param>
/// <param name="Previous">The file before the change; null when it did not exist.</param>
[GenerateSerializer, Immutable, Alias("doozer.Event")]
public sealed record DoozerEvent(
    [property: Id(0)] DoozerEventKind Kind,
    [property: Id(1)] string Path,
    [property: Id(2)] ReadOnlyMemory<byte> Value,
    [property: Id(3)] Revision Revision,
    [property: Id(4)] DoozerEntry? Previous);
