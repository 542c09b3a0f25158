namespace Orleans.Doozer.Simulation;

/// <summary>Deliberate faults in the host, the disk or the network around the shipping classes. A checker that has caught nothing
/// proves nothing.</summary>
internal enum Sabotage
{
    None,

    /// <summary>The disk forgets the promise at a restart.</summary>
    PromiseLostAtRestart,

    /// <summary>The host lets Promise and Accepted go before the sync.</summary>
    AnswersBeforeSync,

    /// <summary>The disk reports success and drops some accepted entries.</summary>
    DiskLosesWrites,

    /// <summary>Promises arrive without the highest entry that was accepted.</summary>
    PromiseHidesHighestVote,

    /// <summary>A linearizable read is content with the answer of its own acceptor.</summary>
    ReadAsksNobody,

    /// <summary>An emptied disk comes back under the same NodeId.</summary>
    WipedDiskKeepsId,

    /// <summary>Snapshots lack the effects of their last batch.</summary>
    SnapshotMissesLastBatch,

    /// <summary>The log is cut one slot above the base snapshot.</summary>
    TruncatedOneTooFar,

    /// <summary>The host strips the request ids from commands.</summary>
    RequestIdsDropped,

    /// <summary>A follower applies whatever its acceptor holds up to the announced slot, whatever the ballot.</summary>
    LearnerMixesBallots,

    /// <summary>A restarted node draws the ballot that it used before.</summary>
    BallotReusedAtRestart,

    /// <summary>At a restart all that was accepted counts as decided.</summary>
    AcceptedIsDecidedAtRestart,

    /// <summary>Fetched hands out entries that are accepted but not applied.</summary>
    FetchedHandsOutUndecided,

    /// <summary>On one node a change of voters comes into force one slot early.</summary>
    ConfigurationOneSlotEarly,

    /// <summary>One of the votes of a majority is made up: a quorum one short.</summary>
    VoteInvented,

    /// <summary>New voters claim to hold all slots before theirs.</summary>
    HandoverSkipped,

    /// <summary>An acceptor takes a batch under a ballot below its promise.</summary>
    AcceptsBelowPromise,

    /// <summary>One node is content with an alpha that is one too large.</summary>
    ProposesBeyondAlpha,

    /// <summary>The first of the entries that a node fetched is missing, and the others move up into its place.</summary>
    LearnerSkipsHole,

    /// <summary>A retry has another request id than the first attempt: its first answer is forgotten.</summary>
    RetriesAreNewRequests,

    /// <summary>A watcher resumes one revision late.</summary>
    WatchResumesOneLate,

    /// <summary>The loader reads the half of a record that a crash left.</summary>
    TornRecordRead,

    /// <summary>The loader does not look at the checksum of a record.</summary>
    DamageAccepted,

    /// <summary>An Accept tells its voters that its own slot is decided.</summary>
    AcceptAnnouncesItself,

    /// <summary>What a node reads of its journal for others goes beyond what is decided there.</summary>
    JournalReadIgnoresMarks,

    /// <summary>The base snapshot is of the newest state: the history before it is lost at the next restart.</summary>
    SnapshotOfNewestState,
}
