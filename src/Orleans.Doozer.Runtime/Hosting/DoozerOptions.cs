using Orleans.Doozer;
using Orleans.Doozer.Consensus;

namespace Orleans.Hosting;

/// <summary>Settings of a node.</summary>
public sealed class DoozerOptions
{
    /// <summary>Where the node keeps its identity, votes, log and snapshots. One node, one directory: never copy it, never share it.
    /// Required unless <see cref="InMemory"/>.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>Keeps nothing on disk: the node is a new one after each start. For tests and demonstrations. Default false.</summary>
    public bool InMemory { get; set; }

    /// <summary>Whether this node may only join an existing store. A node that may not, and has an empty data directory, founds a new
    /// cluster: of several nodes that start together, exactly one may have this off. Default false.</summary>
    public bool Join { get; set; }

    /// <summary>The cluster's name, kept in <c>/ctl/name</c>. Default <c>local</c>.</summary>
    public string ClusterName { get; set; } = "local";

    /// <summary>The names of the stores. Default one, <c>default</c>.</summary>
    public IList<string> Stores { get; } = ["default"];

    /// <summary>The address under which the node is known in <c>/ctl/node/.../addr</c>: of its TCP gateway, where it has one.</summary>
    public string Address { get; set; } = "127.0.0.1:8046";

    /// <summary>More files for the node to keep under its entry <c>/ctl/node/ID</c>: names and texts.</summary>
    public IDictionary<string, string> NodeFiles { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How many revisions stay readable and watchable. More costs memory: a few hundred bytes each, and the values.
    /// Default 100,000.</summary>
    public int History { get; set; } = 100_000;

    /// <summary>How many bytes of the log stay readable and watchable at most: where values are large, fewer revisions than
    /// <see cref="History"/>. The log is kept in memory and on the disk, for up to a quarter more than this or, if that is more, as many
    /// bytes more as the store holds. Default 256 MiB.</summary>
    public long HistoryBytes { get; set; } = 256L << 20;

    /// <summary>Up to how many nodes the leader lets vote by itself: an odd number. More need an empty slot under /ctl/cal, made by an
    /// operator. With 0 the voters are the operator's business alone. Give all nodes the same. Default 3.</summary>
    public int Voters { get; set; } = 3;

    /// <summary>After how long a silence the leader gives a node's vote to another one; zero is never. Give all nodes the same.
    /// Default 60 s.</summary>
    public TimeSpan VoterTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The zone this node is in (a rack, a data centre): votes go to different zones first. Default none.</summary>
    public string? Zone { get; set; }

    /// <summary>How often the node writes how far it is to <c>/ctl/node/.../applied</c>. Default 1 s; zero is never.</summary>
    public TimeSpan Pulse { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a request is retried before it is given up as unavailable or unknown. Default 10 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest value in bytes. Default 1 MiB.</summary>
    public int MaxValueBytes { get; set; } = 1 << 20;

    /// <summary>The longest path in characters. Default 1024.</summary>
    public int MaxPathLength { get; set; } = DoozerPath.DefaultMaxLength;

    /// <summary>How many writes may be under way from this node at once; more are refused. Default 20,000.</summary>
    public int MaxPendingRequests { get; set; } = 20_000;

    /// <summary>How many bytes of values those writes may hold together; more are refused. Default 256 MiB.</summary>
    public long MaxPendingBytes { get; set; } = 256L << 20;

    /// <summary>How many watches may wait on this node at once; more are refused. Default 200,000.</summary>
    public int MaxWatchers { get; set; } = 200_000;

    /// <summary>How many bytes of paths and values a store may hold; beyond, only deletes pass. Default 2 GiB.</summary>
    public long MaxStoreBytes { get; set; } = 2L << 30;

    /// <summary>Whether external Orleans clients are refused at every grain but the store's public ones: for a silo that is there for
    /// the store only. Default false.</summary>
    public bool RefuseOtherGrains { get; set; }

    /// <summary>The times of the protocol. Change them only all together and on all nodes.</summary>
    public ConsensusTimes Times { get; set; } = new();
}
