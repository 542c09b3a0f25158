using System.Net;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>What a <see cref="RegisterNode"/> needs to know.</summary>
public class RegisterNodeOptions
{
    /// <summary>The node's identity.</summary>
    public NodeId Self { get; set; }

    /// <summary>
    /// The cluster. A node that founds one must be given a new id; any other learns it from its votes or from the node it attaches
    /// to, and refuses to go on when that is another than this one.
    /// </summary>
    public string? ClusterId { get; set; }

    /// <summary>The cluster's name, which must be the same on all its nodes.</summary>
    public string ClusterName { get; set; } = "local";

    /// <summary>Where the register listens; port 0 takes a free one.</summary>
    public IPEndPoint? ListenEndpoint { get; set; }

    /// <summary>The <c>host:port</c> at which others reach it; the listening endpoint when null.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>
    /// Register listeners (<c>host:port</c>) of the cluster to join. With one, this node never founds a cluster: an emptied node
    /// can then not become a rival.
    /// </summary>
    public IList<string> Attach { get; } = [];

    /// <summary>
    /// Finds more of them, anew at each try; an <see cref="IOException"/> is a reason to wait. A node that has joined asks it too, when
    /// the acceptors are no longer where it knew them.
    /// </summary>
    public Func<CancellationToken, Task<IReadOnlyList<string>>>? Discover { get; set; }

    /// <summary>Keeps the votes.</summary>
    public IRegisterStorage Storage { get; set; } = new MemoryRegisterStorage();

    /// <summary>How long opening a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a peer may take to answer.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a read or change is tried before it fails.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Every mistake as a sentence.</summary>
    public IEnumerable<string> Mistakes()
    {
        if (Self.IsNone)
        {
            yield return "Self is not set: give the node its NodeId.";
        }

        if (ListenEndpoint is null)
        {
            yield return "ListenEndpoint is not set: the membership register needs an address of its own to listen at.";
        }
        else if (AdvertisedAddress is null && (ListenEndpoint.Address.Equals(IPAddress.Any) || ListenEndpoint.Address.Equals(IPAddress.IPv6Any)))
        {
            yield return $"ListenEndpoint {ListenEndpoint} is every address: set AdvertisedAddress to the one that others can reach.";
        }

        if (AdvertisedAddress is not null && !RegisterAddress.TryParse(AdvertisedAddress, out _, out _))
        {
            yield return $"AdvertisedAddress '{AdvertisedAddress}' is no address: write host:port.";
        }

        foreach (var address in Attach.Where(address => !RegisterAddress.TryParse(address, out _, out _)))
        {
            yield return $"Attach '{address}' is no address: write host:port.";
        }

        if (string.IsNullOrWhiteSpace(ClusterName))
        {
            yield return "ClusterName is empty.";
        }

        if (ConnectTimeout <= TimeSpan.Zero || CallTimeout <= TimeSpan.Zero || OperationTimeout < CallTimeout)
        {
            yield return "The timeouts must be positive, and OperationTimeout at least CallTimeout.";
        }
    }
}
