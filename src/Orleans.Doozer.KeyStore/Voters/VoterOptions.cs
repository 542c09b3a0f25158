namespace Orleans.Doozer.KeyStore;

/// <summary>How a leader keeps the voters of its store.</summary>
public sealed record VoterOptions
{
    /// <summary>Up to how many CAL slots the leader makes by itself: an odd number. Slots that an operator makes are filled beyond it.
    /// With 0 it leaves all voters to the operator. Default 3.</summary>
    public int Count { get; init; } = 3;

    /// <summary>After how long a silence a voter loses its vote; 0 is never. Default 60,000.</summary>
    public long SilenceMs { get; init; } = 60_000;

    /// <summary>After how long a silence a node without a vote is forgotten: its files under <c>/ctl/node</c> are deleted. 0 is never.
    /// Default 600,000.</summary>
    public long ForgetMs { get; init; } = 600_000;

    /// <summary>How long a node must answer without a pause, and be caught up, before it is given a vote. Default 1,000. One that lost
    /// its vote under the same leader must answer for <see cref="SilenceMs"/>, so that a flapping node does not churn the
    /// voters.</summary>
    public long SteadyMs { get; init; } = 1_000;
}
