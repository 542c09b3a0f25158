using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>What the host does next for a proposer or a reader.</summary>
public abstract record RegisterStep;

/// <summary>Nothing; wait for more answers.</summary>
public sealed record WaitStep : RegisterStep
{
    /// <summary>The one instance.</summary>
    public static WaitStep Instance { get; } = new();
}

/// <summary>Send a request to each of these; answers to anything sent before no longer matter.</summary>
public sealed record SendStep(RegisterRequest Request, ImmutableArray<RegisterPeer> To) : RegisterStep;

/// <summary>Finished: <paramref name="State"/> is decided.</summary>
/// <param name="State">The decided value.</param>
/// <param name="Changed">Whether the asked change is in it.</param>
public sealed record DoneStep(RegisterState State, bool Changed) : RegisterStep;

/// <summary>This attempt lost to another proposer. Wait a random moment, then begin again.</summary>
public sealed record LostStep(Ballot Promised) : RegisterStep;

/// <summary>This attempt cannot go on, for a reason that waiting may or may not mend.</summary>
public sealed record StuckStep(string Reason) : RegisterStep;

/// <summary>A read found acceptors that disagree: only a write of the value as it is can settle which one is decided.</summary>
public sealed record SettleStep : RegisterStep
{
    /// <summary>The one instance.</summary>
    public static SettleStep Instance { get; } = new();
}
