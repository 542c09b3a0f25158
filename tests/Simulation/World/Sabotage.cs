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
}
