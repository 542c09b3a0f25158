using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>The state after one slot, in pointers into what never changes: the tree, the remembered requests, the chain
/// hash.</summary>
public sealed class CapturedState
{
    internal CapturedState(StoreView view, ulong chainHash, RequestWindow requests, int requestLimit)
    {
        View = view;
        ChainHash = chainHash;
        Requests = requests;
        RequestLimit = requestLimit;
    }

    /// <summary>The slot.</summary>
    public Slot Slot => View.Position;

    /// <summary>The store's revision after it.</summary>
    public Revision Revision => View.Revision;

    /// <summary>The store after it.</summary>
    public StoreView View { get; }

    /// <summary>The hash of the log up to it.</summary>
    public ulong ChainHash { get; }

    internal RequestWindow Requests { get; }

    internal int RequestLimit { get; }
}
