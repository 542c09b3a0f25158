using System.Security.Cryptography;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Journal;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>
/// Who this node is, in which cluster: from its data directory, which it holds locked, or new at each start when it keeps nothing.
/// </summary>
public sealed class NodeIdentity : IDisposable
{
    private string? _memoryCluster;

    private NodeIdentity(NodeId self, DataDirectory? directory)
    {
        Self = self;
        Directory = directory;
    }

    /// <summary>The node.</summary>
    public NodeId Self { get; }

    /// <summary>The data directory; null for a node in memory.</summary>
    public DataDirectory? Directory { get; }

    /// <summary>The cluster; null until the node has created or joined one.</summary>
    public string? ClusterId => Directory is null ? Volatile.Read(ref _memoryCluster) : Directory.ClusterId;

    /// <summary>Opens the identity that the options name.</summary>
    /// <exception cref="JournalException">The data directory cannot be used; the message says why and the remedy.</exception>
    public static NodeIdentity Open(DoozerOptions options)
    {
        if (options.InMemory)
        {
            return new NodeIdentity(NodeId.FromRandom(RandomNumberGenerator.GetBytes(10)), null);
        }

        var directory = DataDirectory.Open(options.DataDirectory!);
        return new NodeIdentity(directory.Node, directory);
    }

    /// <summary>Makes the node belong to a cluster, for ever.</summary>
    /// <exception cref="JournalException">It belongs to another one.</exception>
    public void AdoptCluster(string clusterId)
    {
        if (Directory is not null)
        {
            Directory.AdoptCluster(clusterId);
            return;
        }

        var previous = Interlocked.CompareExchange(ref _memoryCluster, clusterId, null);
        if (previous is not null && previous != clusterId)
        {
            throw new JournalException($"This node belongs to cluster {previous}, not to {clusterId}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory?.Dispose();
}
