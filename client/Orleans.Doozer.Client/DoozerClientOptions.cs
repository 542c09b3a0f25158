namespace Orleans.Doozer;

/// <summary>Settings of a <see cref="DoozerClient"/>. Each can be left as it is.</summary>
public sealed class DoozerClientOptions
{
    /// <summary>The store. Default <c>default</c>.</summary>
    public string Store { get; set; } = "default";

    /// <summary>How long a request is retried before it fails as unavailable or, for a write, unknown. Default 15 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one attempt may take before the next goes another way: Orleans does not tell a client that the gateway
    /// which holds its call has died. Default 3 s.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an attempt waits at first when nobody else is answered through the same gateway either: it is then taken for
    /// frozen or cut off. Twice as long with each attempt, up to <see cref="AttemptTimeout"/>. Default 0.6 s.</summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(0.6);

    /// <summary>Over how many front door grains the client spreads its calls: Orleans sends all calls of one grain through one
    /// gateway. Default 8.</summary>
    public int FrontDoors { get; set; } = 8;

    /// <summary>How long a watch waits at a node before it asks again; at most 5 s. Default 4 s.</summary>
    public TimeSpan WatchWait { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How many names, files or events one call brings at most; the store may bring fewer. Default 1000.</summary>
    public int PageSize { get; set; } = 1000;

    internal string? Describe() => this switch
    {
        _ when string.IsNullOrEmpty(Store) || Store.AsSpan().ContainsAny('#', '/') =>
            $"the store's name '{Store}' must not be empty and hold no '/' and no '#'",
        { RequestTimeout.Ticks: <= 0 } => "RequestTimeout must be more than zero",
        { AttemptTimeout.Ticks: <= 0 } => "AttemptTimeout must be more than zero",
        { SilenceTimeout.Ticks: <= 0 } => "SilenceTimeout must be more than zero",
        { FrontDoors: < 1 or > 1024 } => "FrontDoors must be between 1 and 1024",
        { WatchWait.Ticks: <= 0 or > 5 * TimeSpan.TicksPerSecond } => "WatchWait must be more than zero and at most 5 s",
        { PageSize: < 1 } => "PageSize must be at least 1",
        _ => null,
    };
}
