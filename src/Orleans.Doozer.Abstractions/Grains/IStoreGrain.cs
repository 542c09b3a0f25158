using Orleans.Concurrency;

namespace Orleans.Doozer.Grains;

/// <summary>
/// The front door of a store, a stateless worker on every silo: what clients call. Refusals are values in the replies; an exception
/// means that the call itself failed, and for a write that its outcome is unknown.
/// </summary>
/// <remarks>The key is the store's name, or <c>name#n</c>: Orleans sends all calls of one key from a client through one gateway, so a
/// busy client spreads over several n (<see cref="StoreGrainKeys"/>).</remarks>
[Alias("doozer.IStoreGrain")]
public interface IStoreGrain : IGrainWithStringKey
{
    /// <summary>Carries out a write; returns when it is decided and applied, or known to be refused.</summary>
    [Alias("Write"), ResponseTimeout("00:00:20")]
    Task<WriteReply> Write(WriteRequest request, CancellationToken cancellationToken);

    /// <summary>Carries out several writes, each by itself, as if each came in a call of its own; returns when the fate of all is known.</summary>
    /// <param name="requests">At most <see cref="StoreBatches.MaxRequests"/>; more are refused.</param>
    /// <returns>A reply to each, in the same order.</returns>
    [Alias("WriteAll"), ResponseTimeout("00:00:20")]
    Task<WriteReply[]> WriteAll(WriteRequest[] requests);

    /// <summary>Reads a file.</summary>
    [Alias("Get"), ReadOnly, ResponseTimeout("00:00:20")]
    Task<GetReply> Get(ReadRequest request, CancellationToken cancellationToken);

    /// <summary>Reads several files, each by itself, as if each came in a call of its own; not at a revision that may be still to come.</summary>
    /// <param name="requests">At most <see cref="StoreBatches.MaxRequests"/>; more are refused.</param>
    /// <returns>A reply to each, in the same order; null for what is to be asked for again, because the others have filled this
    /// answer.</returns>
    [Alias("GetAll"), ReadOnly, ResponseTimeout("00:00:20")]
    Task<GetReply?[]> GetAll(ReadRequest[] requests);

    /// <summary>Tells what is at a path.</summary>
    [Alias("Stat"), ReadOnly, ResponseTimeout("00:00:20")]
    Task<StatReply> Stat(ReadRequest request, CancellationToken cancellationToken);

    /// <summary>A page of the names in a directory.</summary>
    [Alias("List"), ReadOnly, ResponseTimeout("00:00:20")]
    Task<ListReply> List(ReadRequest request, CancellationToken cancellationToken);

    /// <summary>A page of the files that match a glob.</summary>
    [Alias("Walk"), ReadOnly, ResponseTimeout("00:00:20")]
    Task<WalkReply> Walk(WalkRequest request, CancellationToken cancellationToken);

    /// <summary>The store's revision and log position.</summary>
    [Alias("Position"), ReadOnly, ResponseTimeout("00:00:20")]
    Task<ReadStatus> Position(DoozerRead read, CancellationToken cancellationToken);

    /// <summary>Where this front door stands, and which nodes there are. Answers at once from local knowledge.</summary>
    [Alias("Route"), ReadOnly, ResponseTimeout("00:00:05")]
    Task<RouteReply> Route();
}

/// <summary>Limits of the calls that carry several requests.</summary>
public static class StoreBatches
{
    /// <summary>How many requests one call may carry.</summary>
    public const int MaxRequests = 256;

    /// <summary>After how many bytes of values a call or an answer is full.</summary>
    public const int FullBytes = 1 << 20;
}

/// <summary>Keys of the front door.</summary>
public static class StoreGrainKeys
{
    /// <summary>The key of the n-th front door of a store.</summary>
    public static string Create(string store, int index) => index == 0 ? store : $"{store}#{index}";

    /// <summary>The store that a key names.</summary>
    public static string StoreOf(string key)
    {
        var mark = key.IndexOf('#');
        return mark < 0 ? key : key[..mark];
    }
}
