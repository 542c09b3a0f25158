namespace Orleans.Doozer.Gateway;

/// <summary>How the gateway serves Doozer's TCP protocol. All limits are for one connection.</summary>
public sealed class DoozerGatewayOptions
{
    /// <summary>What a frame may hold besides the value: the path, the tag and the other fields.</summary>
    public const int FrameOverheadBytes = 64 * 1024;

    /// <summary>The store that clients see: <c>default</c>.</summary>
    public string Store { get; set; } = "default";

    /// <summary>Tells the ids of the nodes that keep the membership register, for STATUS. None where the silos have another membership
    /// table.</summary>
    public Func<IEnumerable<string>>? MembershipKeepers { get; set; }

    /// <summary>Allows everything to a client that sends it with ACCESS. None (null or empty) and no <see cref="ReadOnlySecret"/>
    /// either: every client may do everything.</summary>
    public string? ReadWriteSecret { get; set; }

    /// <summary>Allows reading to a client that sends it with ACCESS. None (null or empty): every client may read, as in Doozer.</summary>
    public string? ReadOnlySecret { get; set; }

    /// <summary>So many wrong secrets end the connection: 5.</summary>
    public int MaxFailedAccess { get; set; } = 5;

    /// <summary>The largest value that SET takes: 1 MiB.</summary>
    public int MaxValueBytes { get; set; } = 1024 * 1024;

    /// <summary>The largest frame that is read: 1 MiB and 64 KiB. Checked before anything is allocated.</summary>
    public int MaxFrameBytes { get; set; } = (1024 * 1024) + FrameOverheadBytes;

    /// <summary>So many requests run at once: 1,024. Beyond it nothing is read until one is answered and its answer is sent.</summary>
    public int MaxOutstanding { get; set; } = 1024;

    /// <summary>So many requests may wait for the future at once (WAIT, and reads at a revision that is still to come): 4,096. They do
    /// not count as <see cref="MaxOutstanding"/>, or they could stop the very write that they wait for. Beyond it they are
    /// refused.</summary>
    public int MaxWaiting { get; set; } = 4096;

    /// <summary>A client that leaves so many bytes of its answers unread is disconnected: 64 MiB.</summary>
    public long MaxUnsentBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>A client that takes none of its answers for so long is disconnected: 30 s.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A client that ends its side of the connection still gets the answers of so long: 10 s. Waits end at once.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one call to the store waits for a change before it is made again: one minute.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>TCP asks a silent client after so long whether it is still there, and three times more, 10 s apart: 30 s.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);
}
