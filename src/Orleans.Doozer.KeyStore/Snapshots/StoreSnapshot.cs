using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>A decoded snapshot. <see cref="StateMachine.Restore"/> goes on from it, as often as wanted.</summary>
public sealed record StoreSnapshot
{
    internal StoreSnapshot(
        StoreView view,
        ulong chainHash,
        IReadOnlyList<RequestEntry> requests,
        Slot forgotten,
        int requestLimit,
        IReadOnlyList<ConfigurationChange> configurations)
    {
        View = view;
        ChainHash = chainHash;
        Requests = requests;
        Forgotten = forgotten;
        RequestLimit = requestLimit;
        Configurations = configurations;
    }

    /// <summary>The last slot that is in it.</summary>
    public Slot Slot => View.Position;

    /// <summary>The store's revision after that slot.</summary>
    public Revision Revision => View.Revision;

    /// <summary>The voters, as the writer of the snapshot passed them in.</summary>
    public IReadOnlyList<ConfigurationChange> Configurations { get; }

    /// <summary>The hash of the log up to that slot.</summary>
    public ulong ChainHash { get; }

    /// <summary>The store after that slot.</summary>
    public StoreView View { get; }

    internal IReadOnlyList<RequestEntry> Requests { get; }

    internal Slot Forgotten { get; }

    internal int RequestLimit { get; }
}
