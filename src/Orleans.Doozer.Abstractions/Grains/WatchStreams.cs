namespace Orleans.Doozer.Grains;

/// <summary>Adds globs to a watch stream and takes others away, these first. The first change opens the stream.</summary>
/// <param name="Stream">The stream: drawn by the client, which draws a new one whenever an answer of the last was lost.</param>
/// <param name="Number">1 for the stream's first change, then one more each time.</param>
/// <param name="Added">At most <see cref="MaxGlobs"/>. One that is there already is told again from its revision on.</param>
/// <param name="Removed">Patterns, at most <see cref="MaxGlobs"/>.</param>
[GenerateSerializer, Immutable, Alias("doozer.WatchStreamChange")]
public sealed record WatchStreamChange(
    [property: Id(0)] Guid Stream, [property: Id(1)] long Number, [property: Id(2)] WatchedGlob[] Added, [property: Id(3)] string[] Removed)
{
    /// <summary>How many globs one change may add, and take away.</summary>
    public const int MaxGlobs = 1000;
}

/// <summary>A glob of a watch stream, and the first revision of interest.</summary>
[GenerateSerializer, Immutable, Alias("doozer.WatchedGlob")]
public sealed record WatchedGlob([property: Id(0)] string Glob, [property: Id(1)] Revision From);

/// <summary>What became of a change: those of its globs that are not watched. With another status than none, nothing was changed;
/// unavailable when the stream is not, or no longer, at this node.</summary>
[GenerateSerializer, Immutable, Alias("doozer.WatchStreamChanged")]
public sealed record WatchStreamChanged([property: Id(0)] ReadStatus Status, [property: Id(1)] RefusedGlob[] Refused);

/// <summary>A glob that is not watched, and why.</summary>
[GenerateSerializer, Immutable, Alias("doozer.RefusedGlob")]
public sealed record RefusedGlob(
    [property: Id(0)] string Glob, [property: Id(1)] DoozerErrorCode Error, [property: Id(2)] string Detail);

/// <summary>Asks for what a watch stream has next. One at a time; a stream that nobody asks for 15 s is forgotten.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="MaxWait">How long to wait when there is nothing yet; the reply is then empty and carries progress.</param>
/// <param name="Limit">About how many events at most.</param>
[GenerateSerializer, Immutable, Alias("doozer.WatchStreamRequest")]
public sealed record WatchStreamRequest([property: Id(0)] Guid Stream, [property: Id(1)] TimeSpan MaxWait, [property: Id(2)] int Limit);

/// <summary>Changes to what a stream watches, in order of revisions. After a change of the stream they may begin again at an earlier
/// one: then some come twice.</summary>
/// <param name="Status">Too late when history is gone that the stream had still to tell: it is then ended.</param>
/// <param name="Events">The matching changes; empty when none came in time.</param>
/// <param name="Next">Everything before it has been told, to the globs of all changes up to <paramref name="Changes"/>.</param>
/// <param name="Changes">The last change of the stream that had been carried out.</param>
[GenerateSerializer, Immutable, Alias("doozer.WatchStreamReply")]
public sealed record WatchStreamReply(
    [property: Id(0)] ReadStatus Status, [property: Id(1)] DoozerEvent[] Events, [property: Id(2)] Revision Next, [property: Id(3)] long Changes);
