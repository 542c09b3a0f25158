using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>What a journal holds of a store beside its log. Every mark only rises: a late write must not take back a promise.</summary>
internal readonly record struct StoreMarks(Ballot Promised, Slot TruncatedTo, Slot DecidedTo)
{
    /// <summary>The marks after a write that is no log entry.</summary>
    public StoreMarks With(JournalWrite write) => write switch
    {
        PromiseWrite promise => this with { Promised = Ballot.Max(Promised, promise.Promised) },
        DecidedWrite decided => this with { DecidedTo = Slot.Max(DecidedTo, decided.DecidedTo) },
        TruncateWrite truncate => this with { TruncatedTo = Slot.Max(TruncatedTo, truncate.TruncatedTo) },
        _ => throw new InvalidOperationException($"The journal does not know {write.GetType().Name}."),
    };
}
